-- An appeal stands as it came in; answers are given once.
CREATE TRIGGER appeal_fixed BEFORE UPDATE ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('异议申辩', 'drawn_case_id', 'publication_id',
        'appellant_id', 'channel', 'statement', 'received_at', 'window_end', 'registered_by_id');
CREATE TRIGGER appeal_filled_once BEFORE UPDATE ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION filled_once('异议申辩', 'accepted_at', 'refused_at',
        'refused_reason', 'withdrawn_at', 'withdrawn_by_id', 'result', 'result_grade', 'result_reason', 'answered_at',
        'answered_by_id', 'confirmed_by_id',
        'answer_due', 'calendar_version');
CREATE TRIGGER appeal_calendar_kept BEFORE INSERT OR UPDATE OF calendar_version ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION calendar_is_kept('calendar_version');
ALTER TABLE appeals_appealfile ADD CONSTRAINT appeal_file_size
    CHECK (octet_length(data) BETWEEN 1 AND 20 * 1024 * 1024);
CREATE TRIGGER appeal_never_deleted BEFORE DELETE ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION never_deleted('异议申辩');
CREATE TRIGGER ground_fixed BEFORE UPDATE ON appeals_appealground
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('申辩理由', 'appeal_id', 'item', 'reason');
CREATE TRIGGER ground_filled_once BEFORE UPDATE ON appeals_appealground
    FOR EACH ROW EXECUTE FUNCTION filled_once('复评意见', 'view');
CREATE TRIGGER ground_never_deleted BEFORE DELETE ON appeals_appealground
    FOR EACH ROW EXECUTE FUNCTION never_deleted('申辩理由');
CREATE TRIGGER file_append_only BEFORE UPDATE OR DELETE ON appeals_appealfile
    FOR EACH ROW EXECUTE FUNCTION append_only('申辩附件');
CREATE TRIGGER reviewpanel_append_only BEFORE UPDATE OR DELETE ON appeals_reviewpanel
    FOR EACH ROW EXECUTE FUNCTION append_only('复评组');
CREATE TRIGGER payment_append_only BEFORE UPDATE OR DELETE ON appeals_recoverypayment
    FOR EACH ROW EXECUTE FUNCTION append_only('收回记录');
CREATE TRIGGER recovery_fixed BEFORE UPDATE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('追回', 'drawn_case_id', 'paid_out', 'opened_at');
CREATE TRIGGER recovery_filled_once BEFORE UPDATE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION filled_once('追回', 'notice', 'noticed_at', 'due_on',
        'lifted_at', 'lifted_reason', 'ending', 'closed_at');
CREATE TRIGGER inquiry_filled_once BEFORE UPDATE ON appeals_inquiry
    FOR EACH ROW EXECUTE FUNCTION filled_once('履职调查', 'body', 'transferred_on', 'outcome',
        'evidence', 'closed_at');
CREATE TRIGGER recovery_never_deleted BEFORE DELETE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION never_deleted('追回');
CREATE TRIGGER rectification_fixed BEFORE UPDATE ON appeals_rectification
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('整改', 'drawn_case_id', 'ground', 'reason',
        'opened_at', 'opened_by_id');
CREATE TRIGGER rectification_filled_once BEFORE UPDATE ON appeals_rectification
    FOR EACH ROW EXECUTE FUNCTION filled_once('整改', 'notice', 'demand', 'noticed_at',
        'lifted_reason', 'lifted_evidence', 'closed_at');
CREATE TRIGGER rectification_never_deleted BEFORE DELETE ON appeals_rectification
    FOR EACH ROW EXECUTE FUNCTION never_deleted('整改');
CREATE TRIGGER proof_append_only BEFORE UPDATE OR DELETE ON appeals_rectificationproof
    FOR EACH ROW EXECUTE FUNCTION append_only('整改材料');
CREATE TRIGGER archive_append_only BEFORE UPDATE OR DELETE ON appeals_yeararchive
    FOR EACH ROW EXECUTE FUNCTION append_only('归档包');
CREATE TRIGGER inquiry_never_deleted BEFORE DELETE ON appeals_inquiry
    FOR EACH ROW EXECUTE FUNCTION never_deleted('履职调查');

-- An appeal is a handler's, stands on the first publication of its year and keeps that period.
-- Online the moment is the server's: neither back-dated nor ahead. Paper came in by now.
CREATE FUNCTION appeal_stands_on_its_publication() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present timestamptz;
BEGIN
    SELECT clock_timestamp() + plan.clock_offset INTO present
      FROM evaluations_drawncase sampled
      JOIN evaluations_draw draw ON draw.id = sampled.draw_id
      JOIN evaluations_plan plan ON plan.id = draw.plan_id
      JOIN evaluations_publication list ON list.plan_id = plan.id
     WHERE sampled.id = NEW.drawn_case_id AND list.id = NEW.publication_id AND list.version = 1
       AND list.appeal_until = NEW.window_end
       AND EXISTS (SELECT 1 FROM cases_casehandler handler
                    WHERE handler.case_id = sampled.case_id
                      AND handler.person_id = NEW.appellant_id);
    IF NOT FOUND THEN
        PERFORM refuse('appeal_publication', '异议只能由本案承办人对本年度公布的结果提出。');
    END IF;
    IF NEW.received_at > present
       OR NEW.channel = 'online' AND NEW.received_at < present - interval '1 minute' THEN
        PERFORM refuse('appeal_received_now', '网上异议的收到时间由系统记录，不能指定。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_stands_on_its_publication BEFORE INSERT ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION appeal_stands_on_its_publication();

-- An answer speaks of every ground.
CREATE FUNCTION appeal_answers_each_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.answered_at IS NOT NULL AND EXISTS (
        SELECT 1 FROM appeals_appealground g WHERE g.appeal_id = NEW.id AND g.view = '') THEN
        PERFORM refuse('appeal_answers_each_ground', '反馈要对每一项申辩理由逐项答复。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_answers_each_ground BEFORE UPDATE ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION appeal_answers_each_ground();

-- A paper appeal is admitted with its scan on file.
CREATE FUNCTION paper_has_a_scan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.channel = 'paper' AND NEW.accepted_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM appeals_appealfile f WHERE f.appeal_id = NEW.id) THEN
        PERFORM refuse('paper_has_a_scan', '书面申辩要附申辩书扫描件才能受理。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_has_a_scan BEFORE INSERT OR UPDATE ON appeals_appeal
    FOR EACH ROW EXECUTE FUNCTION paper_has_a_scan();

-- The review panel is fresh: nobody on it scored the case before (article 6.3).
CREATE FUNCTION review_panel_is_fresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM evaluations_scoresheet s JOIN appeals_appeal a ON a.id = NEW.appeal_id
         WHERE s.drawn_case_id = a.drawn_case_id AND s.round = 'first'
           AND s.expert_id IN (NEW.leader_id, NEW.member_id)) THEN
        PERFORM refuse('review_panel_fresh', '复评组成员不能是初评该案的专家。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_panel_is_fresh BEFORE INSERT ON appeals_reviewpanel
    FOR EACH ROW EXECUTE FUNCTION review_panel_is_fresh();

-- A panel that replaces another sits in the same appeal, by the same draw.
CREATE FUNCTION review_panel_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM appeals_reviewpanel p WHERE p.id = NEW.replaces_id
           AND (p.appeal_id, p.draw_id) = (NEW.appeal_id, NEW.draw_id)) THEN
        PERFORM refuse('review_panel_follows', '复评组换人只能接着同一异议、同一抽选的复评组。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_panel_follows BEFORE INSERT ON appeals_reviewpanel
    FOR EACH ROW EXECUTE FUNCTION review_panel_follows();

-- Recovery and inquiry start for a grade in force that is 不合格, and for no other.
CREATE FUNCTION consequence_of_failing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT coalesce((SELECT failing FROM evaluations_grading
                      WHERE drawn_case_id = NEW.drawn_case_id
                      ORDER BY version DESC LIMIT 1), false) THEN
        PERFORM refuse('consequence_of_failing', '只有现行等次不合格的案件才能启动追回和调查。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_of_failing BEFORE INSERT ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION consequence_of_failing();
CREATE TRIGGER inquiry_of_failing BEFORE INSERT ON appeals_inquiry
    FOR EACH ROW EXECUTE FUNCTION consequence_of_failing();

-- What comes back never exceeds what is due; what goes back never exceeds what came.
CREATE FUNCTION recovered(recovery bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(CASE kind WHEN 'paid' THEN amount ELSE -amount END), 0)
      FROM appeals_recoverypayment WHERE recovery_id = recovery
$$;
CREATE FUNCTION payment_within_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    due appeals_recovery;
BEGIN
    SELECT * INTO due FROM appeals_recovery WHERE id = NEW.recovery_id FOR UPDATE;
    IF NEW.kind = 'paid' AND due.lifted_at IS NOT NULL THEN
        PERFORM refuse('payment_after_lifting', '追回已经撤销，不能再登记收回。');
    ELSIF NEW.kind = 'paid' AND due.amount < NEW.amount + recovered(due.id) THEN
        PERFORM refuse('payment_within_amount', '收回金额超过应收回金额，请核对。');
    ELSIF NEW.kind = 'returned'
        AND (due.lifted_at IS NULL OR recovered(due.id) < NEW.amount) THEN
        PERFORM refuse('refund_within_payments', '退还只在追回撤销以后，金额不超过已收回的款项。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_within_amount BEFORE INSERT ON appeals_recoverypayment
    FOR EACH ROW EXECUTE FUNCTION payment_within_amount();

-- The amount is assessed before the notice; a recovery closes with the receipts of all of it.
CREATE FUNCTION recovery_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.notice <> '' OR OLD.closed_at IS NOT NULL)
       AND (NEW.amount, NEW.costs, NEW.basis) <> (OLD.amount, OLD.costs, OLD.basis) THEN
        PERFORM refuse('recovery_assessed_once', '追回通知已经发出，应收回金额不能再改。');
    END IF;
    IF NEW.ending = 'paid' AND (NEW.amount = 0 OR recovered(NEW.id) <> NEW.amount)
       OR NEW.ending = 'lifted' AND (NEW.lifted_at IS NULL OR recovered(NEW.id) <> 0) THEN
        PERFORM refuse('recovery_closed_with_receipts', '款项还没有结清，不能办结追回。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recovery_in_order BEFORE UPDATE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION recovery_in_order();

-- 整改 closes with an accepted proof, or lifted with a reason.
CREATE FUNCTION rectification_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.lifted_reason = ''
       AND NOT EXISTS (SELECT FROM appeals_rectificationproof
                        WHERE rectification_id = NEW.id AND accepted) THEN
        PERFORM refuse('rectification_closed_with_proof', '没有核验通过的整改材料，不能办结整改。');
    END IF;
    IF OLD.closed_at IS NOT NULL AND NEW.due_on IS DISTINCT FROM OLD.due_on THEN
        PERFORM refuse('rectification_closed', '整改已经办结，期限不能再改。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rectification_in_order BEFORE UPDATE ON appeals_rectification
    FOR EACH ROW EXECUTE FUNCTION rectification_in_order();

-- A first panel comes from the standing draw for its case; a panel of a void draw has no seat.
CREATE FUNCTION review_panel_of_standing_draw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluations_draw d
       JOIN appeals_appeal a ON a.id = NEW.appeal_id
       JOIN evaluations_drawncase s ON s.id = a.drawn_case_id
       JOIN cases_case c ON c.id = s.case_id
      WHERE d.id = NEW.draw_id AND d.kind = 'review' AND d.target = c.number
        AND d.voided_at IS NULL FOR SHARE OF d;
    IF NOT FOUND THEN
        PERFORM refuse('review_panel_of_standing_draw', '复评组须出自本案没有作废的复评组抽选。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_panel_of_standing_draw BEFORE INSERT ON appeals_reviewpanel
    FOR EACH ROW EXECUTE FUNCTION review_panel_of_standing_draw();

-- A draw whose panel reviews a case stands while any sheet of the panel does: two people may void
-- it after closing them, which the sheets refuse once both are sealed and so revealed.
CREATE FUNCTION review_draw_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL
       AND EXISTS (
        SELECT 1 FROM appeals_reviewpanel p JOIN appeals_appeal a ON a.id = p.appeal_id
          JOIN evaluations_scoresheet s ON s.drawn_case_id = a.drawn_case_id
         WHERE p.draw_id = NEW.id AND s.round = 'review' AND s.withdrawn_at IS NULL) THEN
        PERFORM refuse('review_draw_stands', '复评组还有评分表没有收回，这次抽选不能作废。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_draw_stands BEFORE UPDATE ON evaluations_draw
    FOR EACH ROW EXECUTE FUNCTION review_draw_stands();

-- A closed year is read only; only an appeal that is not admitted may still leave its trace.
CREATE FUNCTION year_is_closed_of(way text, wanted bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF way = 'appeal' THEN
        RETURN EXISTS (SELECT FROM appeals_appeal WHERE id = wanted AND refused_at IS NULL
                          AND year_is_closed('drawn', drawn_case_id));
    ELSIF way = 'recovery' THEN
        RETURN year_is_closed(
            'drawn', (SELECT drawn_case_id FROM appeals_recovery WHERE id = wanted));
    END IF;
    RETURN year_is_closed(
        'drawn', (SELECT drawn_case_id FROM appeals_rectification WHERE id = wanted));
END $$;
CREATE FUNCTION part_of_open_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
BEGIN
    EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO wanted USING NEW;
    IF year_is_closed_of(TG_ARGV[1], wanted) THEN
        PERFORM refuse('year_closed', '本年度已归档，只能查看，不能再办理。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appeal_year_open BEFORE INSERT OR UPDATE ON appeals_appeal
    FOR EACH ROW WHEN (NEW.refused_at IS NULL) EXECUTE FUNCTION year_is_open(
        'drawn_case_id', 'drawn');
CREATE TRIGGER ground_year_open BEFORE INSERT OR UPDATE ON appeals_appealground
    FOR EACH ROW EXECUTE FUNCTION part_of_open_year('appeal_id', 'appeal');
CREATE TRIGGER file_year_open BEFORE INSERT ON appeals_appealfile
    FOR EACH ROW EXECUTE FUNCTION part_of_open_year('appeal_id', 'appeal');
CREATE TRIGGER reviewpanel_year_open BEFORE INSERT ON appeals_reviewpanel
    FOR EACH ROW EXECUTE FUNCTION year_is_open('draw_id', 'draw');
CREATE TRIGGER recovery_year_open BEFORE INSERT OR UPDATE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER payment_year_open BEFORE INSERT ON appeals_recoverypayment
    FOR EACH ROW EXECUTE FUNCTION part_of_open_year('recovery_id', 'recovery');
CREATE TRIGGER inquiry_year_open BEFORE INSERT OR UPDATE ON appeals_inquiry
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER rectification_year_open BEFORE INSERT OR UPDATE ON appeals_rectification
    FOR EACH ROW EXECUTE FUNCTION year_is_open('drawn_case_id', 'drawn');
CREATE TRIGGER proof_year_open BEFORE INSERT ON appeals_rectificationproof
    FOR EACH ROW EXECUTE FUNCTION part_of_open_year('rectification_id', 'rectification');
