import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# Tables of allauth: what the portal asks of their rows is laid over them. The factor of an account of the team is
# written by the team's role alone; a sign-in notes that a code was used. Its address is the one of the account,
# so that no letter about a forgotten password goes elsewhere.
FACTOR = """
CREATE FUNCTION accounts_factor_of_team() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    theirs boolean := EXISTS (SELECT FROM accounts_user u WHERE u.made_by_team
        AND u.id IN ((before ->> 'user_id')::bigint, (after ->> 'user_id')::bigint));
BEGIN
    IF current_user = 'portal_owner' OR theirs = (current_user = 'portal_team') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF theirs AND TG_OP = 'UPDATE'
       AND before #- '{last_used_at}' #- '{data,used_mask}' #- '{data,viewed_at}'
         = after #- '{last_used_at}' #- '{data,used_mask}' #- '{data,viewed_at}'
       AND coalesce((before #>> '{data,used_mask}')::bigint, 0)
         = coalesce((before #>> '{data,used_mask}')::bigint, 0) & coalesce((after #>> '{data,used_mask}')::bigint, 0) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the second factor of an account of the team is its owner''s';
END $$;
CREATE TRIGGER factor_of_team BEFORE INSERT OR UPDATE OR DELETE ON mfa_authenticator
FOR EACH ROW EXECUTE FUNCTION accounts_factor_of_team();
"""
ADDRESS = """
CREATE FUNCTION accounts_address_of_team() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    theirs boolean := EXISTS (SELECT FROM accounts_user u WHERE u.made_by_team
        AND u.id IN ((before ->> 'user_id')::bigint, (after ->> 'user_id')::bigint));
BEGIN
    IF current_user = 'portal_owner' OR NOT theirs THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP <> 'DELETE' AND coalesce(before - 'verified' - 'primary' = after - 'verified' - 'primary', true)
       AND EXISTS (SELECT FROM accounts_user u
                   WHERE u.id = (after ->> 'user_id')::bigint AND lower(u.email) = lower(after ->> 'email')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the address of an account of the team is the account''s own';
END $$;
CREATE TRIGGER address_of_team BEFORE INSERT OR UPDATE OR DELETE ON account_emailaddress
FOR EACH ROW EXECUTE FUNCTION accounts_address_of_team();
"""
UNDO = """
DROP TRIGGER factor_of_team ON mfa_authenticator;
DROP FUNCTION accounts_factor_of_team();
DROP TRIGGER address_of_team ON account_emailaddress;
DROP FUNCTION accounts_address_of_team();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_who_decides_objections"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(FACTOR + ADDRESS, UNDO),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='user_of_team_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF current_user <> 'portal_owner'\n                       AND OLD.made_by_team IS DISTINCT FROM (current_user = 'portal_team')\n                       AND to_jsonb(NEW) - 'last_login' IS DISTINCT FROM to_jsonb(OLD) - 'last_login' THEN\n                        RAISE EXCEPTION 'an account of the team is changed by the team, and none other is';\n                    END IF;\n                    RETURN NEW;\n                ", hash='f4ba71cbcd660edcb2276f1ce353e15663c3283e', operation='UPDATE', pgid='pgtrigger_user_of_team_stays_850e0', table='accounts_user', when='BEFORE')),
        ),
    ]
