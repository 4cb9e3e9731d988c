-- The history of aliases is only ever added to. Its rows go with their model, by the cascade, and in no other way.
CREATE FUNCTION "refuse_alias_history_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
		RETURN OLD;
	END IF;
	RAISE EXCEPTION 'the history of aliases is only added to';
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "alias_changes_append_only" BEFORE UPDATE OR DELETE ON "alias_changes" FOR EACH ROW EXECUTE FUNCTION "refuse_alias_history_change"();
--> statement-breakpoint
-- Aliases from before the history was kept begin in it when it does.
INSERT INTO "alias_changes" ("workspace_id", "model_id", "alias", "to_version", "cause", "reason", "actor_kind", "actor_id", "actor_name")
SELECT a."workspace_id", a."model_id", a."alias", v."version", 'direct', 'Pointed here before the history of aliases was kept', 'system', 'migration', 'Leeway'
FROM "model_aliases" a JOIN "model_versions" v ON v."id" = a."version_id";
