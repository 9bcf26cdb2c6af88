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
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('追回', 'drawn_case_id', 'amount', 'opened_at');
CREATE TRIGGER recovery_filled_once BEFORE UPDATE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION filled_once('追回', 'notice', 'due_on', 'closed_at');
CREATE TRIGGER inquiry_filled_once BEFORE UPDATE ON appeals_inquiry
    FOR EACH ROW EXECUTE FUNCTION filled_once('履职调查', 'body', 'transferred_on', 'outcome',
        'evidence', 'closed_at');
CREATE TRIGGER recovery_never_deleted BEFORE DELETE ON appeals_recovery
    FOR EACH ROW EXECUTE FUNCTION never_deleted('追回');
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

-- What was paid back never exceeds what is due.
CREATE FUNCTION payment_within_amount() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    due numeric;
BEGIN
    SELECT amount INTO due FROM appeals_recovery WHERE id = NEW.recovery_id FOR UPDATE;
    IF due < NEW.amount + coalesce((SELECT sum(amount) FROM appeals_recoverypayment
                                     WHERE recovery_id = NEW.recovery_id), 0) THEN
        PERFORM refuse('payment_within_amount', '收回金额超过应收回金额，请核对。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_within_amount BEFORE INSERT ON appeals_recoverypayment
    FOR EACH ROW EXECUTE FUNCTION payment_within_amount();

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
