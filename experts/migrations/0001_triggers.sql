-- A declared relation is never withdrawn by deleting it.
CREATE TRIGGER recusal_append_only BEFORE UPDATE OR DELETE ON experts_recusal
    FOR EACH ROW EXECUTE FUNCTION append_only('回避申报');
CREATE TRIGGER expert_never_deleted BEFORE DELETE ON experts_expert
    FOR EACH ROW EXECUTE FUNCTION never_deleted('专家（请改为不在库）');
CREATE TRIGGER expert_fixed BEFORE UPDATE ON experts_expert
    FOR EACH ROW EXECUTE FUNCTION fixed_columns('专家', 'person_id');
