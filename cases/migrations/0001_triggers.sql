-- The sealed frame: from the sealing on nobody adds, changes or removes a case.
CREATE FUNCTION frame_is_open(frame bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for a sealing in progress, so that no case slips in beside it.
    PERFORM 1 FROM cases_frame WHERE id = frame AND sealed_at IS NOT NULL FOR KEY SHARE;
    IF FOUND THEN
        PERFORM refuse('frame_sealed', '案件名单已封存，不能增加、修改或删除。');
    END IF;
END $$;

-- An import adds 100,000 rows by one statement: they are judged together, not one by one.
CREATE FUNCTION added_to_open_frames(frames bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sealed timestamptz;
BEGIN
    -- Waits for a sealing in progress, so that no case slips in beside it.
    FOR sealed IN SELECT sealed_at FROM cases_frame WHERE id = ANY (frames) FOR SHARE LOOP
        IF sealed IS NOT NULL THEN
            PERFORM refuse('frame_sealed', '案件名单已封存，不能增加、修改或删除。');
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION cases_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM added_to_open_frames(ARRAY(SELECT DISTINCT frame_id FROM added));
    RETURN NULL;
END $$;

CREATE FUNCTION handlers_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM added_to_open_frames(ARRAY(
        SELECT DISTINCT frame_id FROM cases_case WHERE id IN (SELECT case_id FROM added)));
    RETURN NULL;
END $$;

CREATE FUNCTION case_frame_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- 不公开 is a mark on the publication, not part of the frame.
        IF to_jsonb(NEW) - 'withheld' = to_jsonb(OLD) - 'withheld' THEN RETURN NEW; END IF;
    END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM frame_is_open(OLD.frame_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM frame_is_open(NEW.frame_id); RETURN NEW; END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION handler_frame_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM frame_is_open((SELECT frame_id FROM cases_case WHERE id = OLD.case_id));
    IF TG_OP <> 'DELETE' THEN
        PERFORM frame_is_open((SELECT frame_id FROM cases_case WHERE id = NEW.case_id));
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION frame_sealed_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS NOT NULL
       AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
        PERFORM refuse('frame_sealed', '案件名单已封存，抽样范围不能修改。');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cases_added AFTER INSERT ON cases_case REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION cases_added();
CREATE TRIGGER handlers_added AFTER INSERT ON cases_casehandler REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION handlers_added();
CREATE TRIGGER case_frame_open BEFORE UPDATE OR DELETE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION case_frame_open();
CREATE TRIGGER handler_frame_open BEFORE UPDATE OR DELETE ON cases_casehandler
    FOR EACH ROW EXECUTE FUNCTION handler_frame_open();
CREATE TRIGGER exclusion_frame_open BEFORE INSERT OR UPDATE OR DELETE ON cases_exclusion
    FOR EACH ROW EXECUTE FUNCTION case_frame_open();
CREATE TRIGGER frame_sealed_is_fixed BEFORE UPDATE ON cases_frame
    FOR EACH ROW EXECUTE FUNCTION frame_sealed_is_fixed();
CREATE TRIGGER batch_fixed BEFORE UPDATE ON cases_importbatch
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '导入文件', 'frame_id', 'content', 'file_name', 'sha256', 'data', 'uploaded_at');
CREATE TRIGGER batch_decided_once BEFORE UPDATE ON cases_importbatch
    FOR EACH ROW EXECUTE FUNCTION filled_once('导入文件', 'confirmed_at', 'discarded_at');
