"""The database itself refuses to change history: law 4, whoever asks."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION kb_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A redaction takes document and salt away, and touches nothing else.
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'kb_revision' THEN
        IF NEW.document IS NULL AND NEW.salt IS NULL
            AND to_jsonb(NEW) - 'document' - 'salt' = to_jsonb(OLD) - 'document' - 'salt'
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER revision_is_append_only BEFORE UPDATE OR DELETE ON kb_revision
    FOR EACH ROW EXECUTE FUNCTION kb_refuse_change();
CREATE TRIGGER revision_is_never_emptied BEFORE TRUNCATE ON kb_revision
    FOR EACH STATEMENT EXECUTE FUNCTION kb_refuse_change();
CREATE TRIGGER change_is_append_only BEFORE UPDATE OR DELETE ON kb_change
    FOR EACH ROW EXECUTE FUNCTION kb_refuse_change();
CREATE TRIGGER change_is_never_emptied BEFORE TRUNCATE ON kb_change
    FOR EACH STATEMENT EXECUTE FUNCTION kb_refuse_change();
"""

BACKWARDS = """
DROP TRIGGER change_is_never_emptied ON kb_change;
DROP TRIGGER change_is_append_only ON kb_change;
DROP TRIGGER revision_is_never_emptied ON kb_revision;
DROP TRIGGER revision_is_append_only ON kb_revision;
DROP FUNCTION kb_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("kb", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
