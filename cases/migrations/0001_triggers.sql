-- The sealed frame: from the sealing on nobody adds, changes or removes a case.
CREATE FUNCTION frame_is_open(frame bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sealed timestamptz;
BEGIN
    -- Waits for a sealing in progress, so that no case slips in beside it.
    SELECT sealed_at INTO sealed FROM cases_frame WHERE id = frame FOR SHARE;
    IF sealed IS NOT NULL THEN
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

-- One look by key for each handler, whatever the planner believes: after an import that was
-- rolled back it takes the cases for none and would walk all handlers again for each of them.
CREATE FUNCTION handlers_added() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    frames bigint[] := ARRAY(
        SELECT DISTINCT (SELECT frame_id FROM cases_case WHERE id = case_id) FROM added);
BEGIN
    PERFORM added_to_open_frames(frames);
    -- Looked at again once the frame is held: a case may have gone while we waited for it.
    IF EXISTS (SELECT FROM added WHERE NOT EXISTS
                (SELECT FROM cases_case WHERE cases_case.id = added.case_id)) THEN
        PERFORM refuse_reference('cases_casehandler_case_id_refers');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION case_frame_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- 不公开 is a mark on the publication, not part of the frame.
        IF to_jsonb(NEW) - 'withheld' = to_jsonb(OLD) - 'withheld' THEN RETURN NEW; END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        -- Stronger than the SHARE of handlers_added: no handler is added to a case that goes.
        PERFORM FROM cases_frame WHERE id = OLD.frame_id FOR NO KEY UPDATE;
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
    -- The rehearsal's clock goes on after the sealing.
    IF OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS NOT NULL
       AND to_jsonb(NEW) - 'clock_offset' IS DISTINCT FROM to_jsonb(OLD) - 'clock_offset' THEN
        PERFORM refuse('frame_sealed', '案件名单已封存，抽样范围不能修改。');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cases_added AFTER INSERT ON cases_case REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION cases_added();
CREATE TRIGGER handlers_added AFTER INSERT ON cases_casehandler REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION handlers_added();
-- What foreign keys would keep, once for each statement (see refers_to).
CREATE TRIGGER cases_added_refer AFTER INSERT ON cases_case REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refers_to('frame_id', 'cases_frame',
        'batch_id', 'cases_importbatch', 'firm_id', 'wanzhou_eval_firm');
CREATE TRIGGER cases_changed_refer AFTER UPDATE ON cases_case REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refers_to('frame_id', 'cases_frame',
        'batch_id', 'cases_importbatch', 'firm_id', 'wanzhou_eval_firm');
CREATE TRIGGER handlers_added_refer AFTER INSERT ON cases_casehandler
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refers_to('person_id', 'wanzhou_eval_person');
CREATE TRIGGER handlers_changed_refer AFTER UPDATE ON cases_casehandler
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refers_to('person_id', 'wanzhou_eval_person',
        'case_id', 'cases_case');
CREATE TRIGGER frame_referred AFTER DELETE ON cases_frame REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION referred_to('cases_case', 'frame_id');
CREATE TRIGGER batch_referred AFTER DELETE ON cases_importbatch REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION referred_to(
        'cases_case', 'batch_id', 'cases_cleaningline', 'batch_id');
CREATE TRIGGER case_referred AFTER DELETE ON cases_case REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION referred_to('cases_casehandler', 'case_id');
CREATE TRIGGER frame_id_fixed BEFORE UPDATE OF id ON cases_frame
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('抽样框', 'id');
CREATE TRIGGER case_id_fixed BEFORE UPDATE OF id ON cases_case
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('案件', 'id');
CREATE TRIGGER case_frame_open BEFORE UPDATE OR DELETE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION case_frame_open();
CREATE TRIGGER handler_frame_open BEFORE UPDATE OR DELETE ON cases_casehandler
    FOR EACH ROW EXECUTE FUNCTION handler_frame_open();
CREATE TRIGGER exclusion_frame_open BEFORE INSERT OR UPDATE OR DELETE ON cases_exclusion
    FOR EACH ROW EXECUTE FUNCTION case_frame_open();
CREATE TRIGGER frame_sealed_is_fixed BEFORE UPDATE ON cases_frame
    FOR EACH ROW EXECUTE FUNCTION frame_sealed_is_fixed();
-- OF: comparing 10 MB of file at every note on the batch would cost more than the import.
CREATE TRIGGER batch_fixed
    BEFORE UPDATE OF id, frame_id, content, file_name, sha256, data, uploaded_by_id, uploaded_at
    ON cases_importbatch
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '导入文件', 'id', 'frame_id', 'content', 'file_name', 'sha256', 'data', 'uploaded_by_id',
        'uploaded_at');
-- WHEN: nothing decided, nothing to keep; the function would turn the whole file into text.
CREATE TRIGGER batch_decided_once BEFORE UPDATE ON cases_importbatch
    FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL OR OLD.discarded_at IS NOT NULL
        OR OLD.confirmed_by_id IS NOT NULL) EXECUTE FUNCTION filled_once(
        '导入文件', 'confirmed_by_id', 'confirmed_at', 'discarded_at');
CREATE TRIGGER batch_never_deleted BEFORE DELETE ON cases_importbatch
    FOR EACH ROW EXECUTE FUNCTION never_deleted('导入文件（请放弃）');

-- A file confirmed later would bring its rejected rows into the sealed count.
CREATE FUNCTION batch_confirmed_while_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM frame_is_open(NEW.frame_id);
    RETURN NEW;
END $$;
CREATE TRIGGER batch_confirmed_while_open BEFORE UPDATE ON cases_importbatch
    FOR EACH ROW WHEN (OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL)
    EXECUTE FUNCTION batch_confirmed_while_open();

-- Facts about the frame that are only added while it is open.
CREATE FUNCTION frame_fact_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM frame_is_open(NEW.frame_id);
    RETURN NEW;
END $$;
CREATE TRIGGER correction_frame_open BEFORE INSERT ON cases_correction
    FOR EACH ROW EXECUTE FUNCTION frame_fact_open();
CREATE TRIGGER correction_append_only BEFORE UPDATE OR DELETE ON cases_correction
    FOR EACH ROW EXECUTE FUNCTION append_only('案件更正');
CREATE TRIGGER removal_frame_open BEFORE INSERT ON cases_removal
    FOR EACH ROW EXECUTE FUNCTION frame_fact_open();
CREATE TRIGGER removal_append_only BEFORE UPDATE OR DELETE ON cases_removal
    FOR EACH ROW EXECUTE FUNCTION append_only('移出记录');

-- No case and no exclusion disappears without its line among the removals.
CREATE FUNCTION removed_on_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cases_removal
                    WHERE what = TG_ARGV[0] AND row_id = OLD.id AND frame_id = OLD.frame_id) THEN
        PERFORM refuse('removed_on_record', '案件和剔除不能直接删除：须写明原因，记录在案后移出。');
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER removed_case_on_record BEFORE DELETE ON cases_case
    FOR EACH ROW EXECUTE FUNCTION removed_on_record('case');
CREATE TRIGGER removed_exclusion_on_record BEFORE DELETE ON cases_exclusion
    FOR EACH ROW EXECUTE FUNCTION removed_on_record('exclusion');

-- The cleaning ledger grows while the frame is open; one look per statement, not per line.
CREATE FUNCTION cleaning_frame_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM added_to_open_frames(ARRAY(
        SELECT DISTINCT frame_id FROM cases_importbatch
         WHERE id IN (SELECT DISTINCT batch_id FROM added)));
    RETURN NULL;
END $$;
CREATE TRIGGER cleaning_refers AFTER INSERT ON cases_cleaningline
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refers_to('batch_id', 'cases_importbatch');
CREATE TRIGGER cleaning_frame_open AFTER INSERT ON cases_cleaningline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION cleaning_frame_open();
CREATE TRIGGER cleaning_append_only BEFORE UPDATE OR DELETE ON cases_cleaningline
    FOR EACH ROW EXECUTE FUNCTION append_only('清洗台账');

-- Decisions about a file are open until the file is confirmed or put aside.
CREATE FUNCTION batch_undecided(batch bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM cases_importbatch WHERE id = batch
        AND (confirmed_at IS NOT NULL OR discarded_at IS NOT NULL);
    IF FOUND THEN
        PERFORM refuse('batch_decided', '这份文件已经办结，对它的决定不能再改。');
    END IF;
END $$;
CREATE FUNCTION batch_decision_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM batch_undecided(OLD.batch_id); END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM batch_undecided(NEW.batch_id);
    RETURN NEW;
END $$;
CREATE TRIGGER absence_batch_open BEFORE INSERT OR UPDATE OR DELETE ON cases_absence
    FOR EACH ROW EXECUTE FUNCTION batch_decision_open();
CREATE TRIGGER change_batch_open BEFORE INSERT OR UPDATE OR DELETE ON cases_rowchange
    FOR EACH ROW EXECUTE FUNCTION batch_decision_open();
CREATE TRIGGER rejected_batch_open BEFORE INSERT OR DELETE ON cases_rejectedrow
    FOR EACH ROW EXECUTE FUNCTION batch_decision_open();

-- A rejected row is fixed; withdrawing it, once and with a reason, needs an open frame.
CREATE FUNCTION rejected_frame_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM frame_is_open(OLD.frame_id);
    RETURN NEW;
END $$;
CREATE TRIGGER rejected_frame_open BEFORE UPDATE ON cases_rejectedrow
    FOR EACH ROW EXECUTE FUNCTION rejected_frame_open();
CREATE TRIGGER rejected_fixed BEFORE UPDATE ON cases_rejectedrow
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('剔出的行', 'frame_id', 'batch_id', 'sheet', 'row',
        'number_original', 'found', 'code', 'reason', 'fingerprint', 'by_id', 'at');
CREATE TRIGGER rejected_withdrawn_once BEFORE UPDATE ON cases_rejectedrow
    FOR EACH ROW EXECUTE FUNCTION filled_once('剔出的行', 'withdrawn_at', 'withdrawn_by_id',
        'withdrawn_reason');

-- I-01: a list is sealed only when declared = imported + excluded + rejected, the declared
-- number typed by somebody who did not confirm a ledger.
CREATE FUNCTION frame_sealed_reconciled() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stored bigint;
    rejected bigint;
BEGIN
    SELECT count(*) INTO stored FROM cases_case WHERE frame_id = NEW.id;
    SELECT count(*) INTO rejected FROM cases_rejectedrow r
      JOIN cases_importbatch b ON b.id = r.batch_id
     WHERE r.frame_id = NEW.id AND r.withdrawn_at IS NULL AND b.confirmed_at IS NOT NULL;
    IF NEW.declared_total IS DISTINCT FROM stored + rejected THEN
        PERFORM refuse('frame_reconciled', '申报件数与导入、剔除、剔出的件数之和不等，不能封存。');
    END IF;
    IF EXISTS (SELECT 1 FROM cases_importbatch
                WHERE frame_id = NEW.id AND content = 'ledger' AND confirmed_at IS NOT NULL
                  AND confirmed_by_id = NEW.declared_by_id) THEN
        PERFORM refuse('frame_declared_by_another', '申报件数须由导入台账以外的人录入，不能封存。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frame_sealed_reconciled BEFORE UPDATE ON cases_frame
    FOR EACH ROW WHEN (OLD.sealed_at IS NULL AND NEW.sealed_at IS NOT NULL)
    EXECUTE FUNCTION frame_sealed_reconciled();

-- Workbooks are packed already: trying again costs as much as storing them.
ALTER TABLE cases_importbatch ALTER COLUMN data SET STORAGE EXTERNAL;
