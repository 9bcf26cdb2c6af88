-- Stage moves: the same pairs as rules/stages.MOVES; a test compares the two.
CREATE FUNCTION plan_move_is_lawful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.stage <> OLD.stage AND (OLD.stage || '>' || NEW.stage) NOT IN (
        'draft>issued', 'issued>sealed', 'sealed>drawn', 'drawn>empanelled',
        'empanelled>matched', 'matched>marking', 'marking>marked', 'marked>published',
        'published>closed', 'sealed>issued', 'drawn>sealed', 'empanelled>drawn',
        'matched>empanelled'
    ) THEN
        PERFORM refuse('plan_move_lawful', '年度方案不能这样变更阶段。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_move_is_lawful BEFORE UPDATE ON evaluations_plan
    FOR EACH ROW EXECUTE FUNCTION plan_move_is_lawful();
CREATE TRIGGER plan_fixed BEFORE UPDATE ON evaluations_plan
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('年度方案', 'year', 'frame_id', 'rehearsal');
CREATE TRIGGER plan_filled_once BEFORE UPDATE ON evaluations_plan
    FOR EACH ROW EXECUTE FUNCTION filled_once('年度方案', 'ended_at', 'published_at',
        'publish_due', 'report_due', 'terms_calendar');
CREATE TRIGGER plan_calendar_kept BEFORE INSERT OR UPDATE OF terms_calendar ON evaluations_plan
    FOR EACH ROW EXECUTE FUNCTION calendar_is_kept('terms_calendar');
CREATE TRIGGER publication_calendar_kept BEFORE INSERT ON evaluations_publication
    FOR EACH ROW EXECUTE FUNCTION calendar_is_kept('calendar_version');
CREATE TRIGGER plan_never_deleted BEFORE DELETE ON evaluations_plan
    FOR EACH ROW EXECUTE FUNCTION never_deleted('年度方案');

-- Range, share and size are part of the sealed list: fixed while it is sealed.
CREATE FUNCTION plan_frozen_with_the_list() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    loose text[] := ARRAY['stage', 'clock_offset', 'standard_id', 'ended_at', 'published_at',
        'publish_due', 'report_due', 'terms_calendar', 'appeal_office', 'appeal_address',
        'appeal_phone', 'handler_public', 'number_public'];
BEGIN
    IF OLD.stage = 'marking' AND NEW.marking_to > OLD.marking_to THEN
        loose := loose || ARRAY['marking_to'];  -- 延长评估时间: later only, with a reason on record
    END IF;
    IF OLD.stage NOT IN ('draft', 'issued') AND to_jsonb(NEW) - loose <> to_jsonb(OLD) - loose THEN
        PERFORM refuse('plan_frozen', '名单封存后，方案的抽样、分组、期限和补贴参数不能修改。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER plan_frozen_with_the_list BEFORE UPDATE ON evaluations_plan
    FOR EACH ROW EXECUTE FUNCTION plan_frozen_with_the_list();

-- A sealed frame opens again only when no sample draw of it stands.
CREATE FUNCTION frame_unsealed_without_draw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed_at IS NOT NULL AND NEW.sealed_at IS NULL AND EXISTS (
        SELECT 1 FROM evaluations_draw d JOIN evaluations_plan p ON p.id = d.plan_id
         WHERE p.frame_id = OLD.id AND d.kind = 'sample' AND d.voided_at IS NULL) THEN
        PERFORM refuse('frame_sealed', '案件名单已封存，抽选未作废前不能重开。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frame_unsealed_without_draw BEFORE UPDATE ON cases_frame
    FOR EACH ROW EXECUTE FUNCTION frame_unsealed_without_draw();

-- Draws: the list is fixed at the freeze, seed and result are written once, nothing goes back.
CREATE TRIGGER draw_fixed BEFORE UPDATE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('抽选', 'plan_id', 'kind', 'target', 'attempt',
        'code', 'hash_name', 'freeze_text', 'freeze_hash', 'commitment', 'cleaning_hash',
        'previous_id', 'frozen_at');
CREATE TRIGGER draw_filled_once BEFORE UPDATE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION filled_once('抽选', 'sheet_a_at', 'sheet_a_by_id', 'seed',
        'readback', 'seed_entered_at', 'seed_entered_by_id', 'result_text', 'result_hash',
        'drawn_at', 'signed_at', 'voided_at', 'void_confirmed_by_id');
CREATE TRIGGER draw_never_deleted BEFORE DELETE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION never_deleted('抽选记录');

-- What later lists and score sheets stand on is not taken away below them.
CREATE FUNCTION draw_not_built_upon() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind <> 'review' AND (EXISTS (
            SELECT 1 FROM evaluations_draw later
             WHERE later.plan_id = NEW.plan_id AND later.id > NEW.id
               AND later.kind <> 'review' AND later.voided_at IS NULL)
        OR EXISTS (
            SELECT 1 FROM evaluations_scoresheet s
              JOIN evaluations_drawncase c ON c.id = s.drawn_case_id
              JOIN evaluations_draw d ON d.id = c.draw_id
             WHERE d.plan_id = NEW.plan_id AND d.voided_at IS NULL)) THEN
        PERFORM refuse('draw_built_upon', '后面的抽选或评分已经接着这次抽选办理，不能作废它。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draw_not_built_upon BEFORE UPDATE ON evaluations_draw
    FOR EACH ROW WHEN (OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL)
    EXECUTE FUNCTION draw_not_built_upon();

-- Attempts follow without gaps, each is chained to the last draw that was held, begins empty and
-- names the commitment of its list (the headers are the first thousand characters).
CREATE FUNCTION draw_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last evaluations_draw;
BEGIN
    IF NEW.attempt <> 1 + (SELECT count(*) FROM evaluations_draw
         WHERE plan_id = NEW.plan_id AND kind = NEW.kind AND target = NEW.target) THEN
        PERFORM refuse('draw_attempt', '抽选次数须逐次连续。');
    END IF;
    SELECT * INTO last FROM evaluations_draw
     WHERE plan_id = NEW.plan_id AND result_hash <> '' ORDER BY drawn_at DESC, id DESC LIMIT 1;
    IF NEW.previous_id IS DISTINCT FROM last.id OR NEW.frozen_at < last.drawn_at THEN
        PERFORM refuse('draw_chain', '新的名单须接在最近一次抽选之后封存。');
    END IF;
    IF NEW.first_typing || NEW.seed || NEW.result_text || NEW.result_hash <> ''
       OR NEW.announced <> 0
       OR coalesce(NEW.sheet_a_at, NEW.drawn_at, NEW.signed_at, NEW.voided_at) IS NOT NULL THEN
        PERFORM refuse('draw_begins', '抽选须从封存名单开始，逐步办理。');
    END IF;
    IF NEW.commitment <> coalesce(
        substring(left(NEW.freeze_text, 1000) FROM '\ncommit=([0-9a-f]{64})\n'), '') THEN
        PERFORM refuse('draw_commitment', '登记的承诺与名单里的承诺不同。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draw_begins BEFORE INSERT ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION draw_begins();
CREATE FUNCTION draw_reading_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    voiding text[] := ARRAY['voided_at', 'void_reason', 'voided_by_id', 'void_confirmed_by_id'];
BEGIN
    IF NEW.announced < OLD.announced THEN
        PERFORM refuse('draw_reading', '宣读进度不能倒退。');
    END IF;
    IF OLD.voided_at IS NOT NULL AND to_jsonb(NEW) <> to_jsonb(OLD) THEN
        PERFORM refuse('draw_void', '这次抽选已作废，记录不能再变。');
    END IF;
    IF OLD.seed <> '' AND (NEW.first_typing, NEW.first_typed_by_id, NEW.seed_source, NEW.witnesses)
        IS DISTINCT FROM (OLD.first_typing, OLD.first_typed_by_id, OLD.seed_source, OLD.witnesses)
    THEN
        PERFORM refuse('draw_filled_once', '种子已经确定，录入记录不能改写。');
    END IF;
    IF OLD.first_typed_by_id IS NOT NULL
       AND NEW.first_typed_by_id IS DISTINCT FROM OLD.first_typed_by_id THEN
        PERFORM refuse('draw_first_typist', '第一遍随机数只能由录入人本人更正。');
    END IF;
    IF OLD.signed_at IS NOT NULL AND to_jsonb(NEW) - voiding <> to_jsonb(OLD) - voiding THEN
        PERFORM refuse('draw_signed', '这次抽选已签名锁定，记录不能再变，只能由两人作废。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draw_reading_goes_on BEFORE UPDATE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION draw_reading_goes_on();

-- Rows that follow from a draw, and what happens to them later, need a draw that was held and
-- stands; the sample itself is complete when it is signed, later only replacements join it.
CREATE FUNCTION draw_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held evaluations_draw;
BEGIN
    SELECT * INTO held FROM evaluations_draw WHERE id = NEW.draw_id FOR KEY SHARE;
    IF held.drawn_at IS NULL OR held.voided_at IS NOT NULL THEN
        PERFORM refuse('draw_held', '只有已执行、没有作废的抽选才能记录结果和变动。');
    END IF;
    IF TG_TABLE_NAME = 'evaluations_drawncase' AND held.signed_at IS NOT NULL
       AND to_jsonb(NEW) ->> 'replaces_id' IS NULL THEN
        PERFORM refuse('draw_signed', '抽选已签名锁定，抽中案件只能由候补递补。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drawnevent_of_held BEFORE INSERT ON evaluations_drawevent
    FOR EACH ROW EXECUTE FUNCTION draw_is_held();
CREATE TRIGGER drawncase_of_held BEFORE INSERT ON evaluations_drawncase
    FOR EACH ROW EXECUTE FUNCTION draw_is_held();
CREATE TRIGGER panel_of_held BEFORE INSERT ON evaluations_panel
    FOR EACH ROW EXECUTE FUNCTION draw_is_held();
CREATE TRIGGER panelmember_of_held BEFORE INSERT ON evaluations_panelmember
    FOR EACH ROW EXECUTE FUNCTION draw_is_held();
CREATE TRIGGER alternate_of_held BEFORE INSERT ON evaluations_alternate
    FOR EACH ROW EXECUTE FUNCTION draw_is_held();
CREATE TRIGGER assignment_of_held BEFORE INSERT ON evaluations_assignment
    FOR EACH ROW EXECUTE FUNCTION draw_is_held();

CREATE TRIGGER drawnevent_append_only BEFORE UPDATE OR DELETE ON evaluations_drawevent
    FOR EACH ROW EXECUTE FUNCTION append_only('抽选事件');
CREATE TRIGGER drawncase_fixed BEFORE UPDATE ON evaluations_drawncase
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '抽中案件', 'draw_id', 'case_id', 'rank', 'stratum', 'ticket', 'replaces_id');
CREATE TRIGGER drawncase_filled_once BEFORE UPDATE ON evaluations_drawncase
    FOR EACH ROW EXECUTE FUNCTION filled_once('抽中案件', 'replaced_at');
CREATE TRIGGER drawncase_never_deleted BEFORE DELETE ON evaluations_drawncase
    FOR EACH ROW EXECUTE FUNCTION never_deleted('抽中案件');
CREATE TRIGGER stageentry_append_only BEFORE UPDATE OR DELETE ON evaluations_stageentry
    FOR EACH ROW EXECUTE FUNCTION append_only('阶段记录');
CREATE TRIGGER panel_append_only BEFORE UPDATE OR DELETE ON evaluations_panel
    FOR EACH ROW EXECUTE FUNCTION append_only('评估小组');
CREATE TRIGGER panelmember_fixed BEFORE UPDATE ON evaluations_panelmember
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '小组成员', 'panel_id', 'draw_id', 'expert_id', 'leads', 'event_id');
CREATE TRIGGER panelmember_filled_once BEFORE UPDATE ON evaluations_panelmember
    FOR EACH ROW EXECUTE FUNCTION filled_once('小组成员', 'ended_at');
CREATE TRIGGER panelmember_never_deleted BEFORE DELETE ON evaluations_panelmember
    FOR EACH ROW EXECUTE FUNCTION never_deleted('小组成员');
CREATE TRIGGER replacementrequest_fixed BEFORE UPDATE ON evaluations_replacementrequest
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '换件换人登记', 'draw_id', 'kind', 'item', 'reason', 'at', 'by_id');
CREATE TRIGGER replacementrequest_filled_once BEFORE UPDATE ON evaluations_replacementrequest
    FOR EACH ROW EXECUTE FUNCTION filled_once(
        '换件换人登记', 'outcome', 'note', 'decided_by_id', 'decided_at', 'event_id');
CREATE TRIGGER replacementrequest_never_deleted BEFORE DELETE ON evaluations_replacementrequest
    FOR EACH ROW EXECUTE FUNCTION never_deleted('换件换人登记');
CREATE TRIGGER alternate_append_only BEFORE UPDATE OR DELETE ON evaluations_alternate
    FOR EACH ROW EXECUTE FUNCTION append_only('候补专家');
CREATE TRIGGER assignment_append_only BEFORE UPDATE OR DELETE ON evaluations_assignment
    FOR EACH ROW EXECUTE FUNCTION append_only('案件匹配');
CREATE TRIGGER undertaking_append_only BEFORE UPDATE OR DELETE ON evaluations_undertaking
    FOR EACH ROW EXECUTE FUNCTION append_only('承诺书');
CREATE TRIGGER grading_append_only BEFORE UPDATE OR DELETE ON evaluations_grading
    FOR EACH ROW EXECUTE FUNCTION append_only('定级');
CREATE TRIGGER publication_append_only BEFORE UPDATE OR DELETE ON evaluations_publication
    FOR EACH ROW EXECUTE FUNCTION append_only('公布稿');
CREATE TRIGGER publicationline_append_only BEFORE UPDATE OR DELETE ON evaluations_publicationline
    FOR EACH ROW EXECUTE FUNCTION append_only('公布稿');

-- A panel has exactly two members and one leader at every commit (article 6.2).
CREATE FUNCTION panel_is_a_pair() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce(to_jsonb(NEW) ->> 'panel_id', to_jsonb(NEW) ->> 'id')::bigint;
BEGIN
    IF (SELECT count(*) <> 2 OR count(*) FILTER (WHERE leads) <> 1
          FROM evaluations_panelmember WHERE panel_id = owner AND ended_at IS NULL) THEN
        PERFORM refuse('panel_pair', '评估小组须由两名专家组成，其中一人为组长。');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER panel_is_a_pair AFTER INSERT ON evaluations_panel
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION panel_is_a_pair();
CREATE CONSTRAINT TRIGGER panel_stays_a_pair AFTER INSERT OR UPDATE ON evaluations_panelmember
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION panel_is_a_pair();

-- A row follows the one it replaces in the same case of the same matching.
CREATE FUNCTION assignment_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM evaluations_assignment a WHERE a.id = NEW.replaces_id
           AND (a.draw_id, a.drawn_case_id) = (NEW.draw_id, NEW.drawn_case_id)) THEN
        PERFORM refuse('assignment_follows', '重新匹配只能接着同一案件原来的匹配。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_follows BEFORE INSERT ON evaluations_assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_follows();

-- Score sheets: sealed is sealed; marks change only on an open sheet. A late recusal of the
-- partner may close a sealed sheet as long as nobody else saw it: nothing else on it changes.
-- These look at both sheets of a case, so they run as the owner: the acting expert may not.
-- After the reveal the pair may give a sheet back to its author for a correction, until the case
-- has its grade: the sealed sheet stays, a new edition follows it.
CREATE FUNCTION sheet_sealed_is_fixed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    closing text[] := ARRAY['withdrawn_at', 'withdrawn_reason', 'returned_by_id'];
BEGIN
    IF OLD.sealed AND (
        OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL
        OR to_jsonb(NEW) - closing <> to_jsonb(OLD) - closing
        OR (NEW.returned_by_id IS NULL AND EXISTS (
            SELECT 1 FROM evaluations_scoresheet s
             WHERE s.drawn_case_id = OLD.drawn_case_id AND s.round = OLD.round
               AND s.id <> OLD.id AND s.sealed AND s.withdrawn_at IS NULL))
        OR (NEW.returned_by_id IS NOT NULL AND (
            NOT EXISTS (SELECT 1 FROM evaluations_scoresheet s
                         WHERE s.drawn_case_id = OLD.drawn_case_id AND s.round = OLD.round
                           AND s.expert_id = NEW.returned_by_id AND s.sealed
                           AND s.withdrawn_at IS NULL)
            OR EXISTS (SELECT 1 FROM evaluations_grading g
                        WHERE g.drawn_case_id = OLD.drawn_case_id AND OLD.round = 'first')
            OR EXISTS (SELECT 1 FROM evaluations_reviewgrading g
                        WHERE g.drawn_case_id = OLD.drawn_case_id AND OLD.round = 'review')))) THEN
        PERFORM refuse('sheet_sealed', '评分表已封存，任何人不能修改。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sheet_sealed_is_fixed BEFORE UPDATE ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION sheet_sealed_is_fixed();
CREATE TRIGGER sheet_fixed BEFORE UPDATE ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '评分表', 'drawn_case_id', 'round', 'expert_id', 'leads', 'standard_id', 'scope',
        'origin_id', 'edition');
CREATE TRIGGER sheet_closed_once BEFORE UPDATE ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION filled_once('评分表', 'withdrawn_at', 'withdrawn_reason');
CREATE TRIGGER sheet_never_deleted BEFORE DELETE ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION never_deleted('评分表');

-- Every sheet begins empty, with the row that takes what its author writes.
CREATE FUNCTION sheet_starts_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.begun OR NEW.sealed THEN
        PERFORM refuse('sheet_starts_open', '评分表须先评分再封存。');
    END IF;
    INSERT INTO evaluations_sheetcontent (sheet_id, version, comment, why, grade, seal_hash)
         VALUES (NEW.id, 0, '', '', '', '');
    RETURN NULL;
END $$;
CREATE TRIGGER sheet_starts_open AFTER INSERT ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION sheet_starts_open();

CREATE FUNCTION content_sealed_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.sealed_at IS NOT NULL THEN
        PERFORM refuse('sheet_sealed', '评分表已封存，任何人不能修改。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER content_sealed_is_fixed BEFORE UPDATE ON evaluations_sheetcontent
    FOR EACH ROW EXECUTE FUNCTION content_sealed_is_fixed();
CREATE TRIGGER content_fixed BEFORE UPDATE ON evaluations_sheetcontent
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('评分表', 'sheet_id');
CREATE TRIGGER content_never_deleted BEFORE DELETE ON evaluations_sheetcontent
    FOR EACH ROW EXECUTE FUNCTION never_deleted('评分表');

-- 未评、草稿、已交 are all that others may know: told from here, written by nobody.
CREATE FUNCTION sheet_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE evaluations_scoresheet SET begun = true, sealed = NEW.sealed_at IS NOT NULL
     WHERE id = NEW.sheet_id AND withdrawn_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('sheet_sealed', '评分表已封存或已收回，不能再评分。');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sheet_told AFTER UPDATE ON evaluations_sheetcontent FOR EACH ROW
    WHEN (OLD.saved_at IS NULL OR OLD.sealed_at IS DISTINCT FROM NEW.sealed_at)
    EXECUTE FUNCTION sheet_told();

CREATE FUNCTION mark_sheet_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END;
BEGIN
    PERFORM 1 FROM evaluations_scoresheet
      WHERE id = owner AND NOT sealed AND withdrawn_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        PERFORM refuse('sheet_sealed', '评分表已封存或已收回，不能再评分。');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.sheet_id, NEW.item_id) <> (OLD.sheet_id, OLD.item_id) THEN
        PERFORM refuse('sheet_sealed', '评分不能移到别的表或项目。');
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER mark_sheet_is_open BEFORE INSERT OR UPDATE OR DELETE ON evaluations_mark
    FOR EACH ROW EXECUTE FUNCTION mark_sheet_is_open();

-- A new edition is its author's own sheet of the same case, after the last one was taken back.
CREATE FUNCTION edition_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF NEW.origin_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM evaluations_scoresheet s
         WHERE coalesce(s.origin_id, s.id) = NEW.origin_id AND s.edition = NEW.edition - 1
           AND (s.drawn_case_id, s.round, s.expert_id, s.leads, s.standard_id, s.scope)
             = (NEW.drawn_case_id, NEW.round, NEW.expert_id, NEW.leads, NEW.standard_id, NEW.scope)
           AND s.sealed AND s.withdrawn_at IS NOT NULL) THEN
        PERFORM refuse('edition_follows', '新一版评分表只能接着本人撤回的上一版。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_follows BEFORE INSERT ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION edition_follows();

-- 纸质评分表. Nobody types both sheets of a case (a discarded typing counts: knowledge stays), and
-- what both typed agrees before the sheet is sealed, with the scan of the signed paper attached.
-- These look at what the acting person may not read, so they run as the owner.
CREATE FUNCTION paper_one_sheet_per_person() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    own evaluations_scoresheet;
BEGIN
    SELECT * INTO own FROM evaluations_scoresheet WHERE id = NEW.sheet_id;
    PERFORM 1 FROM evaluations_drawncase WHERE id = own.drawn_case_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM evaluations_papertyping t
          JOIN evaluations_scoresheet s ON s.id = t.sheet_id
         WHERE t.by_id = NEW.by_id AND s.drawn_case_id = own.drawn_case_id
           AND s.round = own.round AND s.expert_id <> own.expert_id) THEN
        PERFORM refuse('paper_one_sheet_per_person',
            '你录入过这一件的另一份评分表，不能再录这一份。请换一位同事录入。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_one_sheet_per_person BEFORE INSERT ON evaluations_papertyping
    FOR EACH ROW EXECUTE FUNCTION paper_one_sheet_per_person();

CREATE FUNCTION paper_sheet_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_scoresheet
      WHERE id = NEW.sheet_id AND NOT sealed AND withdrawn_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        PERFORM refuse('sheet_sealed', '评分表已封存或已收回，不能再录入。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER papertyping_sheet_is_open BEFORE INSERT OR UPDATE ON evaluations_papertyping
    FOR EACH ROW EXECUTE FUNCTION paper_sheet_is_open();
CREATE TRIGGER paperscan_sheet_is_open BEFORE INSERT ON evaluations_paperscan
    FOR EACH ROW EXECUTE FUNCTION paper_sheet_is_open();
CREATE TRIGGER papertyping_fixed BEFORE UPDATE ON evaluations_papertyping
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('录入', 'sheet_id', 'turn', 'by_id', 'begun_at');
CREATE TRIGGER papertyping_filled_once BEFORE UPDATE ON evaluations_papertyping
    FOR EACH ROW EXECUTE FUNCTION filled_once(
        '录入', 'discarded_at', 'discarded_by_id', 'discard_reason');
CREATE TRIGGER papertyping_never_deleted BEFORE DELETE ON evaluations_papertyping
    FOR EACH ROW EXECUTE FUNCTION never_deleted('录入');
CREATE TRIGGER paperscan_append_only BEFORE UPDATE OR DELETE ON evaluations_paperscan
    FOR EACH ROW EXECUTE FUNCTION append_only('扫描件');

-- Whether a sheet is on paper is told on the sheet: its author may not score beside it.
CREATE FUNCTION paper_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE evaluations_scoresheet SET paper = EXISTS (
        SELECT 1 FROM evaluations_papertyping
         WHERE sheet_id = NEW.sheet_id AND discarded_at IS NULL)
     WHERE id = NEW.sheet_id;
    RETURN NULL;
END $$;
CREATE TRIGGER paper_told AFTER INSERT OR UPDATE OF discarded_at ON evaluations_papertyping
    FOR EACH ROW EXECUTE FUNCTION paper_told();

CREATE FUNCTION paper_agrees_before_the_seal() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM evaluations_papertyping
                WHERE sheet_id = NEW.sheet_id AND discarded_at IS NULL)
       AND ((SELECT count(*) <> 2 OR count(DISTINCT by_id) <> 2 OR count(DISTINCT values) <> 1
               FROM evaluations_papertyping
              WHERE sheet_id = NEW.sheet_id AND discarded_at IS NULL
                AND finished_at IS NOT NULL)
            OR NOT EXISTS (
                SELECT 1 FROM evaluations_paperscan WHERE sheet_id = NEW.sheet_id)) THEN
        PERFORM refuse('paper_agrees',
            '纸质评分表要两人各录一遍、逐项一致，并附上签名原件的扫描件，才能封存。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_agrees_before_the_seal BEFORE UPDATE ON evaluations_sheetcontent
    FOR EACH ROW WHEN (OLD.sealed_at IS NULL AND NEW.sealed_at IS NOT NULL)
    EXECUTE FUNCTION paper_agrees_before_the_seal();

-- A typing is read by who typed it and by nobody else, whatever page asks: inside its transaction
-- the application tells who types (set_config('app.typist', …, true)).
CREATE FUNCTION typing_person() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('app.typist', true), '')::bigint
$$;
ALTER TABLE evaluations_papertyping ENABLE ROW LEVEL SECURITY;
CREATE POLICY typing_own ON evaluations_papertyping FOR ALL
    USING (by_id = typing_person()) WITH CHECK (by_id = typing_person());

-- What others may know of typings: that they are there, whose, finished, alike; never a value.
CREATE FUNCTION paper_states(plan bigint, one bigint DEFAULT NULL)
RETURNS TABLE (sheet_id bigint, turn smallint, by_id bigint, name text, begun_at timestamptz,
    finished boolean, alike boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.sheet_id, t.turn, t.by_id, u.name, t.begun_at, t.finished_at IS NOT NULL,
           (SELECT count(*) = 2 AND count(DISTINCT o.values) = 1 FROM evaluations_papertyping o
             WHERE o.sheet_id = t.sheet_id AND o.discarded_at IS NULL AND o.finished_at IS NOT NULL)
      FROM evaluations_papertyping t
      JOIN wanzhou_eval_user u ON u.id = t.by_id
      JOIN evaluations_scoresheet s ON s.id = t.sheet_id
      JOIN evaluations_drawncase c ON c.id = s.drawn_case_id
      JOIN evaluations_draw d ON d.id = c.draw_id
     WHERE d.plan_id = plan AND t.discarded_at IS NULL AND (one IS NULL OR t.sheet_id = one)
     ORDER BY t.sheet_id, t.turn
$$;

-- The items in which both finished typings differ: which, never how.
CREATE FUNCTION paper_differences(sheet bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT key::bigint
      FROM evaluations_papertyping a
      JOIN evaluations_papertyping b ON b.sheet_id = a.sheet_id AND b.turn = 2
      CROSS JOIN jsonb_each(a.values)
     WHERE a.sheet_id = sheet AND a.turn = 1 AND a.discarded_at IS NULL AND b.discarded_at IS NULL
       AND a.finished_at IS NOT NULL AND b.finished_at IS NOT NULL
       AND value IS DISTINCT FROM b.values -> key
$$;

-- The notes of the first typing, for the second person to check against the paper: only once
-- everything else agrees, and to that person alone.
CREATE FUNCTION paper_texts(sheet bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.texts
      FROM evaluations_papertyping a
      JOIN evaluations_papertyping b ON b.sheet_id = a.sheet_id AND b.turn = 2
     WHERE a.sheet_id = sheet AND a.turn = 1 AND a.discarded_at IS NULL AND b.discarded_at IS NULL
       AND a.finished_at IS NOT NULL AND b.finished_at IS NOT NULL AND a.values = b.values
       AND b.by_id = nullif(current_setting('app.typist', true), '')::bigint
$$;

-- 撤销录入 by one of the two, or by 科室: both typings end, their values stay hidden.
CREATE FUNCTION discard_typings(sheet bigint, who bigint, moment timestamptz, why text)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ended AS (
        UPDATE evaluations_papertyping
           SET discarded_at = moment, discarded_by_id = who, discard_reason = why
         WHERE sheet_id = sheet AND discarded_at IS NULL RETURNING 1)
    SELECT count(*) FROM ended
$$;

REVOKE ALL ON FUNCTION paper_states(bigint, bigint), paper_differences(bigint),
    paper_texts(bigint), discard_typings(bigint, bigint, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION paper_states(bigint, bigint), paper_differences(bigint),
    paper_texts(bigint), discard_typings(bigint, bigint, timestamptz, text) TO wanzhou_app;

-- A standard in use keeps its wording.
CREATE FUNCTION standard_is_open(standard bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_scoringstandard
      WHERE id = standard AND locked_at IS NOT NULL FOR KEY SHARE;
    IF FOUND THEN
        PERFORM refuse('standard_locked', '评分标准已用于评分，不能修改；请复制为新版本。');
    END IF;
END $$;
CREATE FUNCTION standard_part_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM standard_is_open(OLD.standard_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM standard_is_open(NEW.standard_id); RETURN NEW; END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION reason_standard_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM standard_is_open((SELECT standard_id FROM evaluations_item WHERE id = OLD.item_id));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM standard_is_open((SELECT standard_id FROM evaluations_item WHERE id = NEW.item_id));
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION standard_locked_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.locked_at IS NOT NULL THEN PERFORM standard_is_open(OLD.id); END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER item_standard_open BEFORE INSERT OR UPDATE OR DELETE ON evaluations_item
    FOR EACH ROW EXECUTE FUNCTION standard_part_open();
CREATE TRIGGER band_standard_open BEFORE INSERT OR UPDATE OR DELETE ON evaluations_gradeband
    FOR EACH ROW EXECUTE FUNCTION standard_part_open();
CREATE TRIGGER reason_standard_open BEFORE INSERT OR UPDATE OR DELETE ON evaluations_deductionreason
    FOR EACH ROW EXECUTE FUNCTION reason_standard_open();
CREATE TRIGGER standard_locked_is_fixed BEFORE UPDATE OR DELETE ON evaluations_scoringstandard
    FOR EACH ROW EXECUTE FUNCTION standard_locked_is_fixed();

-- 评分办法: the method of a standard never changes, and its items, causes, grades, the marks and the
-- sheets by it fit: marks of a hundred, or levels of 1 to 3 with an overall judgement of 1 to 5.
CREATE TRIGGER standard_method_fixed BEFORE UPDATE ON evaluations_scoringstandard
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('评分标准', 'method');
CREATE FUNCTION item_fits_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.by_level <> (NOT NEW.veto AND (SELECT method = 'levels' FROM evaluations_scoringstandard
                                           WHERE id = NEW.standard_id)) THEN
        PERFORM refuse('item_fits_method', '评估项目与评分办法不符：百分扣分的记分值，逐项评等次的不记分值。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER item_fits_method BEFORE INSERT OR UPDATE ON evaluations_item
    FOR EACH ROW EXECUTE FUNCTION item_fits_method();
CREATE FUNCTION reason_fits_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.high = 0) <> (SELECT by_level FROM evaluations_item WHERE id = NEW.item_id) THEN
        PERFORM refuse('reason_fits_method', '情形与评分办法不符：评等次的项目，情形不写扣分。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reason_fits_method BEFORE INSERT OR UPDATE ON evaluations_deductionreason
    FOR EACH ROW EXECUTE FUNCTION reason_fits_method();
CREATE FUNCTION band_fits_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.floor NOT BETWEEN 1 AND 5 OR NEW.floor <> trunc(NEW.floor))
       AND (SELECT method = 'levels' FROM evaluations_scoringstandard WHERE id = NEW.standard_id) THEN
        PERFORM refuse('band_fits_method', '逐项评等次的，等次下限须是总体判断 1 到 5 的整数。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER band_fits_method BEFORE INSERT OR UPDATE ON evaluations_gradeband
    FOR EACH ROW EXECUTE FUNCTION band_fits_method();
CREATE FUNCTION mark_fits_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_item
      WHERE id = NEW.item_id AND by_level = (NEW.level IS NOT NULL);
    IF NOT FOUND THEN
        PERFORM refuse('mark_fits_item', '评分与评分办法不符：评等次的项目不扣分，扣分的项目不评等次。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_fits_item BEFORE INSERT OR UPDATE ON evaluations_mark FOR EACH ROW
    WHEN (NEW.level IS NOT NULL OR NEW.deduction IS NOT NULL) EXECUTE FUNCTION mark_fits_item();
CREATE FUNCTION overall_fits_method() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    levels boolean := (SELECT standard.method = 'levels' FROM evaluations_scoresheet sheet
                         JOIN evaluations_scoringstandard standard ON standard.id = sheet.standard_id
                        WHERE sheet.id = NEW.sheet_id);
BEGIN
    IF (NEW.overall IS NOT NULL) <> levels AND (NOT levels OR NEW.sealed_at IS NOT NULL) THEN
        PERFORM refuse('overall_fits_method', '总体判断只用于逐项评等次，封存前必须作出。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER overall_fits_method BEFORE UPDATE ON evaluations_sheetcontent FOR EACH ROW
    WHEN (NEW.overall IS DISTINCT FROM OLD.overall
          OR NEW.sealed_at IS NOT NULL AND OLD.sealed_at IS NULL)
    EXECUTE FUNCTION overall_fits_method();

-- Before the first sheet: what was signed and held stands; corrections are new rows.
CREATE TRIGGER declaredrelation_append_only BEFORE UPDATE OR DELETE ON evaluations_declaredrelation
    FOR EACH ROW EXECUTE FUNCTION append_only('承诺书申报');
CREATE TRIGGER training_append_only BEFORE UPDATE OR DELETE ON evaluations_training
    FOR EACH ROW EXECUTE FUNCTION append_only('培训记录');
CREATE TRIGGER attendance_append_only BEFORE UPDATE OR DELETE ON evaluations_attendance
    FOR EACH ROW EXECUTE FUNCTION append_only('培训签到');

-- Files on trial: never a drawn case, in either order; a sealed trial sheet is sealed.
CREATE TRIGGER trial_fixed BEFORE UPDATE ON evaluations_trial
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '试评', 'plan_id', 'standard_id', 'reason', 'opened_at', 'opened_by_id');
CREATE TRIGGER trial_filled_once BEFORE UPDATE ON evaluations_trial
    FOR EACH ROW EXECUTE FUNCTION filled_once('试评', 'closed_at', 'closed_reason');
CREATE TRIGGER trial_never_deleted BEFORE DELETE ON evaluations_trial
    FOR EACH ROW EXECUTE FUNCTION never_deleted('试评');
CREATE TRIGGER trialfile_append_only BEFORE UPDATE OR DELETE ON evaluations_trialfile
    FOR EACH ROW EXECUTE FUNCTION append_only('试评卷宗');
CREATE FUNCTION trial_file_is_no_sample() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_drawncase WHERE case_id = NEW.case_id;
    IF FOUND THEN
        PERFORM refuse('trial_file_drawn', '抽中的案件不能作试评卷宗。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trial_file_is_no_sample BEFORE INSERT ON evaluations_trialfile
    FOR EACH ROW EXECUTE FUNCTION trial_file_is_no_sample();
CREATE FUNCTION drawn_case_not_on_trial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_trialfile WHERE case_id = NEW.case_id;
    IF FOUND THEN
        PERFORM refuse('trial_file_drawn', '试评过的卷宗不能再作评估样本。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER drawn_case_not_on_trial BEFORE INSERT ON evaluations_drawncase
    FOR EACH ROW EXECUTE FUNCTION drawn_case_not_on_trial();
CREATE FUNCTION trial_sheet_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_trial t JOIN evaluations_trialfile f ON f.trial_id = t.id
      WHERE f.id = NEW.file_id AND t.closed_at IS NULL FOR KEY SHARE OF t;
    IF NOT FOUND THEN
        PERFORM refuse('trial_closed', '试评已经结束，不能再评。');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.sealed_at IS NOT NULL THEN
            PERFORM refuse('sheet_sealed', '试评表已封存，任何人不能修改。');
        END IF;
    ELSIF NEW.sealed_at IS NOT NULL THEN
        PERFORM refuse('sheet_starts_open', '试评表须先评分再封存。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trial_sheet_is_open BEFORE INSERT OR UPDATE ON evaluations_trialsheet
    FOR EACH ROW EXECUTE FUNCTION trial_sheet_is_open();
CREATE TRIGGER trialsheet_fixed BEFORE UPDATE ON evaluations_trialsheet
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('试评表', 'file_id', 'expert_id');
CREATE TRIGGER trialsheet_never_deleted BEFORE DELETE ON evaluations_trialsheet
    FOR EACH ROW EXECUTE FUNCTION never_deleted('试评表');

-- Proposals and approvals are answered once and stand.
CREATE TRIGGER proposal_fixed BEFORE UPDATE ON evaluations_proposal
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '合议意见', 'drawn_case_id', 'round', 'by_id', 'grade', 'reason', 'amounts', 'levels',
        'at');
CREATE TRIGGER proposal_filled_once BEFORE UPDATE ON evaluations_proposal
    FOR EACH ROW EXECUTE FUNCTION filled_once(
        '合议意见', 'answer', 'answered_by_id', 'answer_reason', 'answered_at');
CREATE TRIGGER proposal_never_deleted BEFORE DELETE ON evaluations_proposal
    FOR EACH ROW EXECUTE FUNCTION never_deleted('合议意见');
CREATE TRIGGER approval_fixed BEFORE UPDATE ON evaluations_approval
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '送审单', 'plan_id', 'submitted_by_id', 'submitted_at');
CREATE TRIGGER approval_filled_once BEFORE UPDATE ON evaluations_approval
    FOR EACH ROW EXECUTE FUNCTION filled_once(
        '送审单', 'decision', 'reason', 'decided_by_id', 'decided_at');
CREATE TRIGGER approval_never_deleted BEFORE DELETE ON evaluations_approval
    FOR EACH ROW EXECUTE FUNCTION never_deleted('送审单');

CREATE TRIGGER sheetnote_append_only BEFORE UPDATE OR DELETE ON evaluations_sheetnote
    FOR EACH ROW EXECUTE FUNCTION append_only('专家说明');
CREATE TRIGGER reviewgrading_append_only BEFORE UPDATE OR DELETE ON evaluations_reviewgrading
    FOR EACH ROW EXECUTE FUNCTION append_only('复评意见');

-- Nobody proposes or grades while a sheet of the round is still open (article 9.2, 背靠背).
CREATE FUNCTION graded_after_reveal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    wanted text := CASE TG_TABLE_NAME
        WHEN 'evaluations_grading' THEN 'first'
        WHEN 'evaluations_reviewgrading' THEN 'review'
        ELSE to_jsonb(NEW) ->> 'round' END;
BEGIN
    IF EXISTS (SELECT 1 FROM evaluations_scoresheet WHERE drawn_case_id = NEW.drawn_case_id
                 AND round = wanted AND NOT sealed AND withdrawn_at IS NULL) THEN
        PERFORM refuse('graded_after_reveal', '两位专家都封存评分表以后才能合议定等次。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grading_after_reveal BEFORE INSERT ON evaluations_grading
    FOR EACH ROW EXECUTE FUNCTION graded_after_reveal();
CREATE TRIGGER proposal_after_reveal BEFORE INSERT ON evaluations_proposal
    FOR EACH ROW EXECUTE FUNCTION graded_after_reveal();
CREATE TRIGGER reviewgrading_after_reveal BEFORE INSERT ON evaluations_reviewgrading
    FOR EACH ROW EXECUTE FUNCTION graded_after_reveal();

-- A file's hand-overs follow one another: numbered without gaps, each from where the last led.
CREATE FUNCTION movement_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_ordinal integer;
    last_place text;
BEGIN
    SELECT ordinal, place INTO last_ordinal, last_place FROM evaluations_filemovement
     WHERE case_id = NEW.case_id ORDER BY ordinal DESC LIMIT 1;
    IF NEW.ordinal <> coalesce(last_ordinal, 0) + 1
       OR NEW.source <> coalesce(last_place, 'archive') THEN
        PERFORM refuse('movement_follows', '卷宗交接要接着上一次的去处登记，请刷新页面再办。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER movement_follows BEFORE INSERT ON evaluations_filemovement
    FOR EACH ROW EXECUTE FUNCTION movement_follows();
CREATE TRIGGER movement_append_only BEFORE UPDATE OR DELETE ON evaluations_filemovement
    FOR EACH ROW EXECUTE FUNCTION append_only('卷宗交接');

CREATE TRIGGER nudge_append_only BEFORE UPDATE OR DELETE ON evaluations_nudge
    FOR EACH ROW EXECUTE FUNCTION append_only('提醒记录');

-- 文书、公布位置、评估补贴: what was kept stands; a sheet is paid for once, to who wrote it.
CREATE TRIGGER documenttemplate_append_only BEFORE UPDATE OR DELETE ON evaluations_documenttemplate
    FOR EACH ROW EXECUTE FUNCTION append_only('文书模板');
CREATE TRIGGER publicationplace_append_only BEFORE UPDATE OR DELETE ON evaluations_publicationplace
    FOR EACH ROW EXECUTE FUNCTION append_only('公布位置');
CREATE TRIGGER allowancesheet_append_only BEFORE UPDATE OR DELETE ON evaluations_allowancesheet
    FOR EACH ROW EXECUTE FUNCTION append_only('补贴发放');
CREATE TRIGGER allowancepayment_fixed BEFORE UPDATE ON evaluations_allowancepayment
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('补贴发放', 'plan_id', 'expert_id', 'sheets', 'rate',
        'amount', 'paid_on', 'evidence', 'entered_by_id', 'entered_at');
CREATE TRIGGER allowancepayment_filled_once BEFORE UPDATE ON evaluations_allowancepayment
    FOR EACH ROW EXECUTE FUNCTION filled_once('补贴发放', 'confirmed_by_id', 'confirmed_at',
        'returned_by_id', 'returned_at', 'return_reason');
CREATE TRIGGER allowancepayment_never_deleted BEFORE DELETE ON evaluations_allowancepayment
    FOR EACH ROW EXECUTE FUNCTION never_deleted('补贴发放');

CREATE FUNCTION allowance_of_the_expert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM evaluations_allowancepayment p
          JOIN evaluations_scoresheet s ON s.id = NEW.sheet_id
          JOIN evaluations_drawncase c ON c.id = s.drawn_case_id
          JOIN evaluations_draw d ON d.id = c.draw_id
          JOIN experts_expert e ON e.id = p.expert_id
         WHERE p.id = NEW.payment_id AND p.confirmed_at IS NOT NULL AND e.society
           AND s.expert_id = p.expert_id AND d.plan_id = p.plan_id) THEN
        PERFORM refuse('allowance_of_the_expert',
            '补贴只发给面向社会选择的专家本人评过的案件，并须经第二人确认。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER allowance_of_the_expert BEFORE INSERT ON evaluations_allowancesheet
    FOR EACH ROW EXECUTE FUNCTION allowance_of_the_expert();

-- A confirmed payment pays for exactly as many sheets as it says, at every commit.
CREATE FUNCTION allowance_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := coalesce(to_jsonb(NEW) ->> 'payment_id', to_jsonb(NEW) ->> 'id')::bigint;
BEGIN
    IF (SELECT p.confirmed_at IS NOT NULL AND p.sheets <> (
            SELECT count(*) FROM evaluations_allowancesheet s WHERE s.payment_id = p.id)
          FROM evaluations_allowancepayment p WHERE p.id = owner) THEN
        PERFORM refuse('allowance_adds_up', '发放的件次与评分表份数不符。');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER allowance_adds_up AFTER INSERT OR UPDATE ON evaluations_allowancepayment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance_adds_up();
CREATE CONSTRAINT TRIGGER allowance_sheet_adds_up AFTER INSERT ON evaluations_allowancesheet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION allowance_adds_up();
-- What the report counts stands beside the gradings, written here and by nobody else: a line per
-- case, and per item the sums over the sheets of the pair (sealed by then, so never counted again).
CREATE FUNCTION place_of_grade(standard bigint, grade text) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT 1 + (SELECT count(*) FROM evaluations_gradeband better
                 WHERE better.standard_id = own.standard_id AND better.floor > own.floor)::integer
      FROM evaluations_gradeband own WHERE own.standard_id = $1 AND own.name = $2
$$;
CREATE FUNCTION count_grading(graded evaluations_grading) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    sheets bigint[] := ARRAY(
        SELECT id FROM evaluations_scoresheet
         WHERE drawn_case_id = graded.drawn_case_id AND round = 'first'
           AND sealed AND withdrawn_at IS NULL ORDER BY leads DESC, id);
    year_plan bigint;
BEGIN
    INSERT INTO evaluations_caseresult (drawn_case_id, plan_id, kind, firm_id, regular_grade,
        place, failing, outcome, first_place, first_outcome, panel_id, leader_id, member_id,
        leader_place, member_place, difference)
    SELECT sampled.id, draw.plan_id, file.kind, file.firm_id, file.regular_grade,
           place_of_grade(plan.standard_id, graded.grade), graded.failing, graded.outcome,
           place_of_grade(plan.standard_id, graded.grade), graded.outcome,
           (SELECT seat.panel_id FROM evaluations_assignment seat
              JOIN evaluations_draw held ON held.id = seat.draw_id AND held.voided_at IS NULL
             WHERE seat.drawn_case_id = sampled.id
               AND NOT EXISTS (SELECT FROM evaluations_assignment next
                                WHERE next.replaces_id = seat.id)
             ORDER BY seat.id DESC LIMIT 1),
           leader.expert_id, member.expert_id,
           place_of_grade(plan.standard_id, leads.grade),
           place_of_grade(plan.standard_id, other.grade),
           ((leads.total - other.total) * 1000000)::bigint
      FROM evaluations_drawncase sampled
      JOIN evaluations_draw draw ON draw.id = sampled.draw_id
      JOIN evaluations_plan plan ON plan.id = draw.plan_id
      JOIN cases_case file ON file.id = sampled.case_id
      LEFT JOIN evaluations_scoresheet leader
        ON cardinality(sheets) = 2 AND leader.id = sheets[1]
      LEFT JOIN evaluations_scoresheet member
        ON cardinality(sheets) = 2 AND member.id = sheets[2]
      LEFT JOIN evaluations_sheetcontent leads ON leads.sheet_id = leader.id
      LEFT JOIN evaluations_sheetcontent other ON other.sheet_id = member.id
     WHERE sampled.id = graded.drawn_case_id
       AND place_of_grade(plan.standard_id, graded.grade) IS NOT NULL
    RETURNING plan_id INTO year_plan;
    IF year_plan IS NULL THEN
        RETURN;  -- a grade that the standard does not know; verify_records tells of it
    END IF;
    INSERT INTO evaluations_itemtally AS known (plan_id, item_id, scored, lost, skipped, vetoed,
        level_3, level_2, level_1)
    SELECT year_plan, item_id, count(*) FILTER (WHERE state = ''),
           coalesce(sum(deduction) FILTER (WHERE state = ''), 0),
           count(*) FILTER (WHERE state IN ('na', 'cannot')),
           count(*) FILTER (WHERE state = 'veto'),
           count(*) FILTER (WHERE level = 3), count(*) FILTER (WHERE level = 2),
           count(*) FILTER (WHERE level = 1)
      FROM evaluations_mark WHERE sheet_id = ANY (sheets) GROUP BY item_id ORDER BY item_id
        ON CONFLICT (plan_id, item_id) DO UPDATE
       SET scored = known.scored + excluded.scored, lost = known.lost + excluded.lost,
           skipped = known.skipped + excluded.skipped, vetoed = known.vetoed + excluded.vetoed,
           level_3 = known.level_3 + excluded.level_3, level_2 = known.level_2 + excluded.level_2,
           level_1 = known.level_1 + excluded.level_1;
END $$;
CREATE FUNCTION grading_is_counted() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.version = 1 THEN
        PERFORM count_grading(NEW);
    ELSE
        UPDATE evaluations_caseresult r
           SET place = place_of_grade(p.standard_id, NEW.grade), failing = NEW.failing,
               outcome = NEW.outcome
          FROM evaluations_plan p
         WHERE r.drawn_case_id = NEW.drawn_case_id AND p.id = r.plan_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER grading_is_counted AFTER INSERT ON evaluations_grading
    FOR EACH ROW EXECUTE FUNCTION grading_is_counted();

-- A panel's report is added to, the bureau's stands once it is issued.
CREATE TRIGGER panelreport_append_only BEFORE UPDATE OR DELETE ON evaluations_panelreport
    FOR EACH ROW EXECUTE FUNCTION append_only('小组汇总报告');
CREATE FUNCTION report_issued_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.issued_at IS NOT NULL THEN
        PERFORM refuse('report_issued', '评估报告已经印发，不能修改；数据有变更的，另出补充报告。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER report_issued_stands BEFORE UPDATE ON evaluations_report
    FOR EACH ROW EXECUTE FUNCTION report_issued_stands();
CREATE TRIGGER report_fixed BEFORE UPDATE ON evaluations_report
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('评估报告', 'plan_id', 'version');
CREATE TRIGGER report_never_deleted BEFORE DELETE ON evaluations_report
    FOR EACH ROW EXECUTE FUNCTION never_deleted('评估报告');

-- A closed year is read only. TG_ARGV[0]: the column that leads to its plan, [1]: by which way.
CREATE FUNCTION year_is_closed(way text, wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF way = 'plan' THEN
        RETURN EXISTS (SELECT FROM evaluations_plan WHERE id = wanted AND stage = 'closed');
    ELSIF way = 'frame' THEN
        RETURN EXISTS (SELECT FROM evaluations_plan WHERE frame_id = wanted AND stage = 'closed');
    ELSIF way = 'year' THEN
        RETURN EXISTS (SELECT FROM evaluations_plan WHERE year = wanted AND stage = 'closed');
    ELSIF way = 'draw' THEN
        RETURN year_is_closed('plan', (SELECT plan_id FROM evaluations_draw WHERE id = wanted));
    ELSIF way = 'panel' THEN
        RETURN year_is_closed('plan', (SELECT plan_id FROM evaluations_panel WHERE id = wanted));
    ELSIF way = 'publication' THEN
        RETURN year_is_closed(
            'plan', (SELECT plan_id FROM evaluations_publication WHERE id = wanted));
    ELSIF way = 'case' THEN
        RETURN year_is_closed('frame', (SELECT frame_id FROM cases_case WHERE id = wanted));
    ELSIF way = 'sheet' THEN
        RETURN year_is_closed(
            'drawn', (SELECT drawn_case_id FROM evaluations_scoresheet WHERE id = wanted));
    END IF;
    RETURN year_is_closed('draw', (SELECT draw_id FROM evaluations_drawncase WHERE id = wanted));
END $$;
CREATE FUNCTION year_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO wanted USING NEW;
    IF year_is_closed(TG_ARGV[1], wanted) THEN
        PERFORM refuse('year_closed', '本年度已归档，只能查看，不能再办理。');
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION plan_closed_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('year_closed', '本年度已归档，只能查看，不能再办理。');
    RETURN NULL;
END $$;
CREATE TRIGGER plan_closed_stands BEFORE UPDATE ON evaluations_plan
    FOR EACH ROW WHEN (OLD.stage = 'closed') EXECUTE FUNCTION plan_closed_stands();
CREATE TRIGGER stageentry_year_open BEFORE INSERT ON evaluations_stageentry
    FOR EACH ROW WHEN (NEW.stage <> 'closed') EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER draw_year_open BEFORE INSERT OR UPDATE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER drawevent_year_open BEFORE INSERT OR UPDATE ON evaluations_drawevent
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER drawncase_year_open BEFORE INSERT OR UPDATE ON evaluations_drawncase
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER panel_year_open BEFORE INSERT OR UPDATE ON evaluations_panel
    FOR EACH ROW EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER panelmember_year_open BEFORE INSERT OR UPDATE ON evaluations_panelmember
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER alternate_year_open BEFORE INSERT OR UPDATE ON evaluations_alternate
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER assignment_year_open BEFORE INSERT OR UPDATE ON evaluations_assignment
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER replacementrequest_year_open BEFORE INSERT OR UPDATE ON evaluations_replacementrequest
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER filemovement_year_open BEFORE INSERT OR UPDATE ON evaluations_filemovement
    FOR EACH ROW EXECUTE FUNCTION year_is_open('case_id', 'case');
CREATE TRIGGER undertaking_year_open BEFORE INSERT OR UPDATE ON evaluations_undertaking
    FOR EACH ROW EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER scoresheet_year_open BEFORE INSERT ON evaluations_scoresheet
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER sheetnote_year_open BEFORE INSERT OR UPDATE ON evaluations_sheetnote
    FOR EACH ROW EXECUTE FUNCTION year_is_open('sheet_id', 'sheet');
CREATE TRIGGER proposal_year_open BEFORE INSERT OR UPDATE ON evaluations_proposal
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER grading_year_open BEFORE INSERT OR UPDATE ON evaluations_grading
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER reviewgrading_year_open BEFORE INSERT OR UPDATE ON evaluations_reviewgrading
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER approval_year_open BEFORE INSERT OR UPDATE ON evaluations_approval
    FOR EACH ROW EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER publication_year_open BEFORE INSERT OR UPDATE ON evaluations_publication
    FOR EACH ROW EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER publicationline_year_open BEFORE INSERT OR UPDATE ON evaluations_publicationline
    FOR EACH ROW EXECUTE FUNCTION year_is_open('publication_id', 'publication');
CREATE TRIGGER panelreport_year_open BEFORE INSERT OR UPDATE ON evaluations_panelreport
    FOR EACH ROW EXECUTE FUNCTION year_is_open('panel_id', 'panel');
CREATE TRIGGER report_year_open BEFORE INSERT OR UPDATE ON evaluations_report
    FOR EACH ROW EXECUTE FUNCTION year_is_open('plan_id', 'plan');
CREATE TRIGGER importbatch_year_open BEFORE INSERT OR UPDATE ON cases_importbatch
    FOR EACH ROW EXECUTE FUNCTION year_is_open('frame_id', 'frame');
CREATE TRIGGER recusal_year_open BEFORE INSERT OR UPDATE ON experts_recusal
    FOR EACH ROW EXECUTE FUNCTION year_is_open('year', 'year');
CREATE TRIGGER yearabsence_year_open BEFORE INSERT OR UPDATE ON experts_yearabsence
    FOR EACH ROW EXECUTE FUNCTION year_is_open('year', 'year');
CREATE TRIGGER case_year_open BEFORE UPDATE ON cases_case
    FOR EACH ROW WHEN (OLD.withheld <> NEW.withheld) EXECUTE FUNCTION year_is_open(
        'frame_id', 'frame');
CREATE TRIGGER reminder_append_only BEFORE UPDATE OR DELETE ON evaluations_reminder
    FOR EACH ROW EXECUTE FUNCTION append_only('提醒记录');
-- 背靠背 (article 9.2) where the rows are. Inside its transaction the application tells which
-- expert reads (set_config('app.person', …, true)); for anybody else nothing is told. Others may
-- know whose sheet it is and how far it is; an expert not even that of the partner's. The views
-- run as the owner, because a rule of a table must not read the table.
CREATE FUNCTION reading_person() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN current_user <> 'wanzhou_reader'
                THEN nullif(current_setting('app.person', true), '')::bigint END
$$;
CREATE VIEW evaluations_ownsheet AS
SELECT sheet.id, sheet.drawn_case_id, sheet.round, sheet.withdrawn_at
  FROM evaluations_scoresheet sheet JOIN experts_expert expert ON expert.id = sheet.expert_id
 WHERE expert.person_id = reading_person();

CREATE VIEW evaluations_revealedround AS
SELECT drawn_case_id, round FROM evaluations_scoresheet WHERE withdrawn_at IS NULL
 GROUP BY drawn_case_id, round HAVING count(*) > 1 AND bool_and(sealed);

-- Both sheets sealed and standing: the pair reads both, and what was given back for a correction;
-- the others once the case has its grade, reviewers once they have sealed themselves.
CREATE VIEW evaluations_readablesheet AS
SELECT sheet.id
  FROM evaluations_scoresheet sheet JOIN experts_expert expert ON expert.id = sheet.expert_id
 WHERE expert.person_id = reading_person()
    OR (sheet.sealed AND (sheet.withdrawn_at IS NULL OR sheet.returned_by_id IS NOT NULL)
        AND EXISTS (SELECT FROM evaluations_revealedround seen
                     WHERE seen.drawn_case_id = sheet.drawn_case_id AND seen.round = sheet.round)
        AND (EXISTS (SELECT FROM evaluations_ownsheet own
                      WHERE own.drawn_case_id = sheet.drawn_case_id AND own.withdrawn_at IS NULL
                        AND (own.round = sheet.round
                             OR (own.round = 'review' AND EXISTS (
                                 SELECT FROM evaluations_revealedround seen
                                  WHERE seen.drawn_case_id = own.drawn_case_id
                                    AND seen.round = own.round))))
             OR (reading_person() IS NULL AND CASE sheet.round
                 WHEN 'first' THEN EXISTS (SELECT FROM evaluations_grading graded
                      WHERE graded.drawn_case_id = sheet.drawn_case_id)
                 ELSE EXISTS (SELECT FROM evaluations_reviewgrading graded
                      WHERE graded.drawn_case_id = sheet.drawn_case_id) END)));

ALTER TABLE evaluations_scoresheet ENABLE ROW LEVEL SECURITY;
CREATE POLICY sheet_read ON evaluations_scoresheet FOR SELECT USING (
    reading_person() IS NULL
    OR EXISTS (SELECT FROM experts_expert author
                WHERE author.id = expert_id AND author.person_id = reading_person())
    OR EXISTS (SELECT FROM evaluations_readablesheet may WHERE may.id = evaluations_scoresheet.id));
CREATE POLICY sheet_made ON evaluations_scoresheet FOR INSERT WITH CHECK (
    reading_person() IS NULL
    OR (origin_id IS NOT NULL AND EXISTS (
        SELECT FROM experts_expert author
         WHERE author.id = expert_id AND author.person_id = reading_person())));
CREATE POLICY sheet_changed ON evaluations_scoresheet FOR UPDATE USING (
    reading_person() IS NULL
    OR EXISTS (SELECT FROM evaluations_ownsheet own WHERE own.id = evaluations_scoresheet.id));

ALTER TABLE evaluations_sheetcontent ENABLE ROW LEVEL SECURITY;
CREATE POLICY content_read ON evaluations_sheetcontent FOR SELECT USING (
    EXISTS (SELECT FROM evaluations_readablesheet may WHERE may.id = sheet_id));
CREATE POLICY content_written ON evaluations_sheetcontent FOR UPDATE USING (
    EXISTS (SELECT FROM evaluations_ownsheet own WHERE own.id = sheet_id));

ALTER TABLE evaluations_mark ENABLE ROW LEVEL SECURITY;
CREATE POLICY mark_read ON evaluations_mark FOR SELECT USING (
    EXISTS (SELECT FROM evaluations_readablesheet may WHERE may.id = sheet_id));
CREATE POLICY mark_written ON evaluations_mark FOR ALL USING (
    EXISTS (SELECT FROM evaluations_ownsheet own WHERE own.id = sheet_id));

ALTER TABLE evaluations_paperscan ENABLE ROW LEVEL SECURITY;
CREATE POLICY scan_read ON evaluations_paperscan FOR SELECT USING (
    EXISTS (SELECT FROM evaluations_readablesheet may WHERE may.id = sheet_id));
CREATE POLICY scan_made ON evaluations_paperscan FOR INSERT WITH CHECK (
    EXISTS (SELECT FROM evaluations_ownsheet own WHERE own.id = sheet_id));

-- Autosave: twenty a second. To start a statement with the rules of its rows costs ten times what it
-- does, so these run as the owner and are the rule themselves: they know no sheet but that of the
-- person they are told, whom they make the reader of the transaction; one that already reads as
-- somebody serves nobody else. Marks and clock are read by a statement after the lock, so they are
-- those of the moment that counts.
CREATE FUNCTION tell_reader(person bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF reading_person() <> person THEN
        PERFORM refuse('reader_told', '这一次操作已以另一位专家的身份读取，没有办理。');
    END IF;
    PERFORM set_config('app.person', coalesce(person::text, ''), true),
            set_config('plan_cache_mode', 'force_generic_plan', true);
END $$;
CREATE FUNCTION own_sheet_key(person bigint, wanted_year integer, wanted_serial integer,
    wanted_round text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT own.id
      FROM evaluations_plan plan
      JOIN cases_case file ON file.frame_id = plan.frame_id
      JOIN evaluations_drawncase drawn ON drawn.case_id = file.id
      JOIN evaluations_scoresheet own ON own.drawn_case_id = drawn.id
      JOIN experts_expert author ON author.id = own.expert_id
     WHERE plan.year = wanted_year AND file.serial = wanted_serial
       AND own.round = wanted_round AND author.person_id = person
     ORDER BY own.withdrawn_at IS NOT NULL, own.id DESC LIMIT 1);
END $$;
CREATE FUNCTION own_draft(person bigint, wanted_year integer, wanted_serial integer,
    wanted_round text, wanted bigint)
RETURNS TABLE (sheet bigint, standard bigint, locked_at timestamptz, scope text, sealed boolean,
    withdrawn boolean, review boolean, stage text, first date, last date, signed boolean,
    paper boolean, moment timestamptz, marks text, comment text, saved_at timestamptz,
    overall smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    PERFORM tell_reader(person);
    SELECT own.id INTO found
      FROM evaluations_scoresheet own JOIN experts_expert author ON author.id = own.expert_id
     WHERE own.id = coalesce(wanted,
               own_sheet_key(person, wanted_year, wanted_serial, wanted_round))
       AND author.person_id = person FOR UPDATE OF own;
    RETURN QUERY
    SELECT own.id, own.standard_id, chosen.locked_at, own.scope::text, own.sealed,
           own.withdrawn_at IS NOT NULL, own.round = 'review', plan.stage::text,
           plan.marking_from, plan.marking_to,
           EXISTS (SELECT FROM evaluations_undertaking promise
                    WHERE promise.plan_id = plan.id AND promise.expert_id = own.expert_id),
           own.paper, clock_timestamp() + plan.clock_offset,
           (SELECT json_agg(json_build_array(mark.item_id, mark.state, mark.deduction::text,
                       mark.reasons, mark.pages, mark.note, mark.bulk, mark.level,
                       mark.version, mark.saved_at))::text
              FROM evaluations_mark mark WHERE mark.sheet_id = own.id),
           content.comment::text, content.saved_at, content.overall
      FROM evaluations_scoresheet own
      JOIN evaluations_sheetcontent content ON content.sheet_id = own.id
      JOIN evaluations_drawncase drawn ON drawn.id = own.drawn_case_id
      JOIN evaluations_draw draw ON draw.id = drawn.draw_id
      JOIN evaluations_plan plan ON plan.id = draw.plan_id
      JOIN evaluations_scoringstandard chosen ON chosen.id = own.standard_id
     WHERE own.id = found;
END $$;

-- For sealing: plan, drawn case, sheet are locked in this order.
CREATE FUNCTION own_chain(person bigint, wanted_year integer, wanted_serial integer,
    wanted_round text, wanted bigint)
RETURNS TABLE (sheet bigint, moment timestamptz, signed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own record;
BEGIN
    PERFORM tell_reader(person);
    SELECT kept.id, kept.drawn_case_id, kept.expert_id, draw.plan_id INTO own
      FROM evaluations_scoresheet kept
      JOIN experts_expert author ON author.id = kept.expert_id
      JOIN evaluations_drawncase drawn ON drawn.id = kept.drawn_case_id
      JOIN evaluations_draw draw ON draw.id = drawn.draw_id
     WHERE kept.id = coalesce(wanted,
               own_sheet_key(person, wanted_year, wanted_serial, wanted_round))
       AND author.person_id = person;
    PERFORM FROM evaluations_plan plan WHERE plan.id = own.plan_id FOR UPDATE;
    PERFORM FROM evaluations_drawncase drawn WHERE drawn.id = own.drawn_case_id FOR UPDATE;
    PERFORM FROM evaluations_scoresheet kept WHERE kept.id = own.id FOR UPDATE;
    RETURN QUERY
    SELECT own.id, clock_timestamp() + plan.clock_offset,
           EXISTS (SELECT FROM evaluations_undertaking promise
                    WHERE promise.plan_id = plan.id AND promise.expert_id = own.expert_id)
      FROM evaluations_plan plan WHERE plan.id = own.plan_id;
END $$;

CREATE FUNCTION store_marks(sheet bigint, moment timestamptz, entered jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE evaluations_sheetcontent content
       SET version = content.version + 1, saved_at = moment,
           opened_at = coalesce(content.opened_at, moment)
      FROM evaluations_ownsheet own
     WHERE content.sheet_id = sheet AND own.id = content.sheet_id;
    IF NOT FOUND THEN
        PERFORM refuse('sheet_own', '只有本人可以在这张评分表上评分。');
    END IF;
    INSERT INTO evaluations_mark AS known
           (sheet_id, item_id, state, deduction, reasons, pages, note, bulk, level, version, saved_at)
    SELECT sheet, row.item, row.state, row.deduction, row.reasons, row.pages, row.note, row.bulk,
           row.level, 1, moment
      FROM jsonb_to_recordset(entered) AS row (item bigint, state text, deduction numeric,
           reasons jsonb, pages text, note text, bulk boolean, level smallint)
        ON CONFLICT (sheet_id, item_id) DO UPDATE
       SET state = excluded.state, deduction = excluded.deduction, reasons = excluded.reasons,
           pages = excluded.pages, note = excluded.note, bulk = excluded.bulk,
           level = excluded.level, saved_at = excluded.saved_at, version = known.version + 1;
END $$;
REVOKE ALL ON FUNCTION own_draft(bigint, integer, integer, text, bigint),
    own_chain(bigint, integer, integer, text, bigint), store_marks(bigint, timestamptz, jsonb)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_draft(bigint, integer, integer, text, bigint),
    own_chain(bigint, integer, integer, text, bigint), store_marks(bigint, timestamptz, jsonb)
    TO wanzhou_app;

-- What staff may know: how many sheets of each expert are begun, sealed, and sealed on a day;
-- never which were sealed when.
CREATE FUNCTION sheet_counts(plan bigint, day date) RETURNS TABLE (
    expert_id bigint, total bigint, drafts bigint, sealed bigint, today bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT sheet.expert_id, count(*), count(*) FILTER (WHERE sheet.begun AND NOT sheet.sealed),
           count(*) FILTER (WHERE sheet.sealed),
           count(*) FILTER (WHERE (content.sealed_at AT TIME ZONE 'Asia/Shanghai')::date = day)
      FROM evaluations_draw draw
      JOIN evaluations_drawncase drawn ON drawn.draw_id = draw.id AND drawn.replaced_at IS NULL
      JOIN evaluations_scoresheet sheet ON sheet.drawn_case_id = drawn.id
      JOIN evaluations_sheetcontent content ON content.sheet_id = sheet.id
     WHERE draw.plan_id = plan AND draw.voided_at IS NULL
       AND sheet.round = 'first' AND sheet.withdrawn_at IS NULL
       AND nullif(current_setting('app.person', true), '') IS NULL
     GROUP BY sheet.expert_id
$$;
