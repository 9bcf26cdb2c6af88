-- A declared relation is never withdrawn by deleting it.
CREATE TRIGGER recusal_append_only BEFORE UPDATE OR DELETE ON experts_recusal
    FOR EACH ROW EXECUTE FUNCTION append_only('回避申报');
CREATE TRIGGER recusalwithdrawal_append_only BEFORE UPDATE OR DELETE ON experts_recusalwithdrawal
    FOR EACH ROW EXECUTE FUNCTION append_only('回避撤回');
CREATE TRIGGER expert_never_deleted BEFORE DELETE ON experts_expert
    FOR EACH ROW EXECUTE FUNCTION never_deleted('专家（请改为不在库）');
CREATE TRIGGER expert_fixed BEFORE UPDATE ON experts_expert
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('专家', 'person_id');
CREATE TRIGGER yearabsence_fixed BEFORE UPDATE ON experts_yearabsence
    FOR EACH ROW EXECUTE FUNCTION fixed_columns(
        '年度不参加登记', 'expert_id', 'year', 'reason', 'document', 'entered_by_id', 'entered_at');
CREATE TRIGGER yearabsence_filled_once BEFORE UPDATE ON experts_yearabsence
    FOR EACH ROW EXECUTE FUNCTION filled_once(
        '年度不参加登记', 'lifted_by_id', 'lifted_at', 'lifted_reason');
CREATE TRIGGER yearabsence_never_deleted BEFORE DELETE ON experts_yearabsence
    FOR EACH ROW EXECUTE FUNCTION never_deleted('年度不参加登记');
