-- Rules that hold even when the application is wrong.
-- Every refusal has SQLSTATE 23001 (restrict_violation), a constraint name and a sentence in
-- Chinese; middleware shows the sentence, tests ask for the constraint name.

CREATE FUNCTION refuse(rule text, sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = rule, MESSAGE = sentence;
END $$;

-- A table whose rows are only ever added. TG_ARGV[0]: what a row is called.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(TG_TABLE_NAME || '_append_only', TG_ARGV[0] || '一经记录不能修改或删除。');
    RETURN NULL;
END $$;

-- A table whose rows change but are never deleted. TG_ARGV[0]: what a row is called.
CREATE FUNCTION never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(TG_TABLE_NAME || '_never_deleted', TG_ARGV[0] || '不能删除。');
    RETURN NULL;
END $$;

-- Columns named in TG_ARGV[1..] are fixed from the insert on.
CREATE FUNCTION fixed_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
    i integer;
BEGIN
    FOR i IN 1 .. TG_NARGS - 1 LOOP
        IF was -> TG_ARGV[i] IS DISTINCT FROM becomes -> TG_ARGV[i] THEN
            PERFORM refuse(TG_TABLE_NAME || '_fixed', TG_ARGV[0] || '的这一项一经记录不能修改。');
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- Columns named in TG_ARGV[1..] may be filled once and are fixed from then on.
CREATE FUNCTION filled_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
    i integer;
BEGIN
    FOR i IN 1 .. TG_NARGS - 1 LOOP
        IF was ->> TG_ARGV[i] <> '' AND was -> TG_ARGV[i] IS DISTINCT FROM becomes -> TG_ARGV[i]
        THEN
            PERFORM refuse(TG_TABLE_NAME || '_filled_once', TG_ARGV[0] || '已经记录，不能改写。');
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- References entered by the hundred thousand. A foreign key looks up its parent row by row, which is
-- half the cost of a large import; these two keep the same promise once for a whole statement.
-- TG_ARGV: pairs of column and parent table; the new rows are called `added`.
CREATE FUNCTION refers_to() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lost boolean;
    i integer;
BEGIN
    FOR i IN 0 .. TG_NARGS / 2 - 1 LOOP
        -- KEY SHARE waits for a deletion of the parent in progress, and lets none begin.
        EXECUTE format('WITH asked AS (SELECT DISTINCT %1$I AS id FROM added),'
            ' kept AS (SELECT id FROM %2$I WHERE id IN (SELECT id FROM asked) FOR KEY SHARE)'
            ' SELECT (SELECT count(id) FROM asked) <> (SELECT count(*) FROM kept)',
            TG_ARGV[2 * i], TG_ARGV[2 * i + 1]) INTO lost;
        IF lost THEN
            PERFORM refuse_reference(TG_TABLE_NAME || '_' || TG_ARGV[2 * i] || '_refers');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

-- TG_ARGV: pairs of child table and column; the deleted rows are called `gone`.
CREATE FUNCTION referred_to() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
    i integer;
BEGIN
    FOR i IN 0 .. TG_NARGS / 2 - 1 LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM gone JOIN %I AS child ON child.%I = gone.id)',
            TG_ARGV[2 * i], TG_ARGV[2 * i + 1]) INTO used;
        IF used THEN
            PERFORM refuse_reference(TG_ARGV[2 * i] || '_' || TG_ARGV[2 * i + 1] || '_refers');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_reference(rule text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = rule,
        MESSAGE = 'a row refers to one that is not there';
END $$;

-- The application's role may not ANALYZE what it does not own; it may ask for it after a bulk write.
CREATE FUNCTION take_statistics(tables text[]) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY tables LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) public.%I', name);
    END LOOP;
END $$;

-- The audit trail: numbered without gaps, stamped by the server, each line bound to the last.
CREATE FUNCTION audit_digest(e wanzhou_eval_auditevent) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws('|', e.prev, e.seq,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.actor, e.actor_name, e.role, coalesce(host(e.address), ''), e.action, e.target,
        coalesce(e.year::text, ''), e.outcome, e.sentence, e.detail::text), 'UTF8')), 'hex')
$$;

CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_seq bigint;
    last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(20220814);
    SELECT seq, hash INTO last_seq, last_hash
      FROM wanzhou_eval_auditevent ORDER BY seq DESC LIMIT 1;
    NEW.seq := coalesce(last_seq, 0) + 1;
    NEW.at := clock_timestamp();
    NEW.prev := coalesce(last_hash, repeat('0', 64));
    NEW.hash := audit_digest(NEW);
    RETURN NEW;
END $$;

CREATE TRIGGER audit_chain BEFORE INSERT ON wanzhou_eval_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON wanzhou_eval_auditevent
    FOR EACH ROW EXECUTE FUNCTION append_only('审计记录');
CREATE TRIGGER user_never_deleted BEFORE DELETE ON wanzhou_eval_user
    FOR EACH ROW EXECUTE FUNCTION never_deleted('账号（请停用）');

-- Codes stand for bodies and people in sealed lists: two swapped codes would swap who is drawn.
CREATE TRIGGER firm_fixed BEFORE UPDATE ON wanzhou_eval_firm
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('机构', 'code');
CREATE TRIGGER person_fixed BEFORE UPDATE ON wanzhou_eval_person
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('人员', 'code');

-- The calendar has one text (WZRL/1, the same that wanzhou_eval/calendars.py writes), and every
-- edition of it is kept: a date computed years ago is explained by the days as they were then.
CREATE FUNCTION calendar_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(nullif(translate(value, E'\t\n\r', '   '), ''), '-')
$$;

CREATE FUNCTION calendar_text() RETURNS text LANGUAGE sql STABLE
    SET search_path = public, pg_temp AS $$
    SELECT E'WZRL/1\n' || coalesce(string_agg(line || E'\n', '' ORDER BY line COLLATE "C"), '')
      FROM (SELECT concat_ws(E'\t', 'notice', year, calendar_field(title),
                   calendar_field(document), calendar_field(issued_on::text)) AS line
              FROM wanzhou_eval_holidaynotice
            UNION ALL
            SELECT concat_ws(E'\t', kind, day, calendar_field(name)) FROM wanzhou_eval_holiday
           ) AS lines
$$;

CREATE FUNCTION keep_calendar_edition() RETURNS text LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $$
DECLARE
    present text := calendar_text();
BEGIN
    -- Who only reads takes no lock: it would cross that of the trail, which an editor holds here.
    IF present IS NOT DISTINCT FROM
       (SELECT text FROM wanzhou_eval_calendaredition ORDER BY id DESC LIMIT 1) THEN
        RETURN present;
    END IF;
    PERFORM pg_advisory_xact_lock(20220816);  -- two editors at once: the later one sees both
    present := calendar_text();
    IF present IS DISTINCT FROM
       (SELECT text FROM wanzhou_eval_calendaredition ORDER BY id DESC LIMIT 1) THEN
        INSERT INTO wanzhou_eval_calendaredition (version, text, at)
        VALUES (left(encode(sha256(convert_to(present, 'UTF8')), 'hex'), 12), present,
                clock_timestamp());
    END IF;
    RETURN present;
END $$;

CREATE FUNCTION calendar_edition_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_calendar_edition();
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER holiday_edition_kept AFTER INSERT OR UPDATE OR DELETE
    ON wanzhou_eval_holiday DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION calendar_edition_kept();
CREATE CONSTRAINT TRIGGER notice_edition_kept AFTER INSERT OR UPDATE OR DELETE
    ON wanzhou_eval_holidaynotice DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION calendar_edition_kept();
CREATE TRIGGER calendaredition_append_only BEFORE UPDATE OR DELETE ON wanzhou_eval_calendaredition
    FOR EACH ROW EXECUTE FUNCTION append_only('工作日历的版本');

-- A stored date names an edition that is kept. TG_ARGV[0]: the column with the version.
CREATE FUNCTION calendar_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF wanted <> '' AND NOT EXISTS (
        SELECT 1 FROM wanzhou_eval_calendaredition e WHERE e.version = wanted) THEN
        PERFORM refuse(TG_TABLE_NAME || '_calendar_kept', '期限所依据的工作日历没有留存，没有保存。');
    END IF;
    RETURN NEW;
END $$;

-- Cases and handlers refer to them without foreign keys (see refers_to).
CREATE TRIGGER firm_referred AFTER DELETE ON wanzhou_eval_firm REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION referred_to('cases_case', 'firm_id');
CREATE TRIGGER person_referred AFTER DELETE ON wanzhou_eval_person REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION referred_to('cases_casehandler', 'person_id');
CREATE TRIGGER firm_id_fixed BEFORE UPDATE OF id ON wanzhou_eval_firm
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('机构', 'id');
CREATE TRIGGER person_id_fixed BEFORE UPDATE OF id ON wanzhou_eval_person
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('人员', 'id');
