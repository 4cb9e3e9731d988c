-- Names that the first release makes public: columns and tables, audit actions, and keys of stored JSON. Nothing is rewritten row by row
-- but what holds an old name.
ALTER TABLE "predictions" RENAME COLUMN "kept" TO "logged_reason";
--> statement-breakpoint
ALTER TABLE "predictions" RENAME COLUMN "answer_index" TO "output_index";
--> statement-breakpoint
ALTER TABLE "endpoints" RENAME COLUMN "versions_kept" TO "previous_versions_loaded";
--> statement-breakpoint
ALTER TABLE "alert_verdicts" RENAME COLUMN "given_by" TO "rated_by";
--> statement-breakpoint
ALTER TABLE "external_changes" RENAME COLUMN "told_by" TO "reported_by";
--> statement-breakpoint
ALTER TABLE "channels" RENAME COLUMN "answer_secret" TO "callback_secret";
--> statement-breakpoint
ALTER TABLE "channels" RENAME COLUMN "answer_refused_at" TO "callback_rejected_at";
--> statement-breakpoint
ALTER TABLE "notifications" RENAME COLUMN "once_key" TO "deduplication_key";
--> statement-breakpoint
ALTER INDEX "notifications_once" RENAME TO "notifications_deduplication";
--> statement-breakpoint
ALTER TABLE "timeline_events" RENAME COLUMN "once_key" TO "deduplication_key";
--> statement-breakpoint
ALTER INDEX "timeline_events_once" RENAME TO "timeline_events_deduplication";
--> statement-breakpoint
ALTER TABLE "channel_answers" RENAME TO "channel_callbacks";
--> statement-breakpoint
ALTER TABLE "channel_callbacks" RENAME COLUMN "wish" TO "action";
--> statement-breakpoint
ALTER TABLE "channel_callbacks" RENAME CONSTRAINT "channel_answers_channel_id_key_pk" TO "channel_callbacks_channel_id_key_pk";
--> statement-breakpoint
ALTER TABLE "channel_callbacks" RENAME CONSTRAINT "channel_answers_channel_id_channels_id_fk" TO "channel_callbacks_channel_id_channels_id_fk";
--> statement-breakpoint
ALTER TABLE "channel_callbacks" RENAME CONSTRAINT "channel_answers_workspace_id_workspaces_id_fk" TO "channel_callbacks_workspace_id_workspaces_id_fk";
--> statement-breakpoint
ALTER INDEX "channel_answers_at" RENAME TO "channel_callbacks_at";
--> statement-breakpoint
ALTER TABLE "idempotent_answers" RENAME TO "idempotency_records";
--> statement-breakpoint
ALTER TABLE "idempotency_records" RENAME CONSTRAINT "idempotent_answers_workspace_id_command_key_pk" TO "idempotency_records_workspace_id_command_key_pk";
--> statement-breakpoint
ALTER TABLE "idempotency_records" RENAME CONSTRAINT "idempotent_answers_workspace_id_workspaces_id_fk" TO "idempotency_records_workspace_id_workspaces_id_fk";
--> statement-breakpoint
ALTER INDEX "idempotent_answers_expiry" RENAME TO "idempotency_records_expiry";
--> statement-breakpoint
ALTER TABLE "escalations" RENAME COLUMN "told" TO "notified_count";
--> statement-breakpoint
UPDATE "audit_events" SET "action" = renamed."new" FROM (VALUES
	('alert-group.judged', 'alert-group.feedback-given'),
	('change.told', 'change.recorded'),
	('dataset.upload-given-up', 'dataset.upload-failed'),
	('dataset.version-made', 'dataset.version-created'),
	('person.called', 'person.paged'),
	('post-mortem.done', 'post-mortem.completed'),
	('reference.made', 'reference.created'),
	('reference.refused', 'reference.failed'),
	('review.ticked', 'review.item-completed'),
	('review.unticked', 'review.item-reopened'),
	('schedule.calendar-address-renewed', 'schedule.calendar-url-rotated')
) AS renamed ("old", "new") WHERE "audit_events"."action" = renamed."old";
--> statement-breakpoint
-- Webhooks name the actions that they subscribe to.
UPDATE "webhooks" SET "events" = ARRAY(
	SELECT DISTINCT coalesce(renamed."new", event) FROM unnest("events") AS event LEFT JOIN (VALUES
		('alert-group.judged', 'alert-group.feedback-given'),
		('change.told', 'change.recorded'),
		('dataset.upload-given-up', 'dataset.upload-failed'),
		('dataset.version-made', 'dataset.version-created'),
		('person.called', 'person.paged'),
		('post-mortem.done', 'post-mortem.completed'),
		('reference.made', 'reference.created'),
		('reference.refused', 'reference.failed'),
		('review.ticked', 'review.item-completed'),
		('review.unticked', 'review.item-reopened'),
		('schedule.calendar-address-renewed', 'schedule.calendar-url-rotated')
	) AS renamed ("old", "new") ON renamed."old" = event ORDER BY 1)
WHERE "events" && ARRAY['alert-group.judged', 'change.told', 'dataset.upload-given-up', 'dataset.version-made', 'person.called',
	'post-mortem.done', 'reference.made', 'reference.refused', 'review.ticked', 'review.unticked', 'schedule.calendar-address-renewed'];
--> statement-breakpoint
-- Renames keys of objects at any depth of a JSON value. Dropped at the end.
CREATE FUNCTION "rename_json_keys"("document" jsonb, "names" jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE jsonb_typeof("document")
		WHEN 'object' THEN (
			SELECT coalesce(jsonb_object_agg(coalesce("names" ->> entry.key, entry.key), "rename_json_keys"(entry.value, "names")), '{}')
			FROM jsonb_each("document") AS entry)
		WHEN 'array' THEN (
			SELECT coalesce(jsonb_agg("rename_json_keys"(element.value, "names") ORDER BY element.place), '[]')
			FROM jsonb_array_elements("document") WITH ORDINALITY AS element (value, place))
		ELSE "document"
	END;
END;
$$;
--> statement-breakpoint
UPDATE "rollouts" SET "plan" = "rename_json_keys"("plan", '{"mustProve": "requiresVerdict", "promoteWhen": "advanceWhen"}') WHERE "plan"::text ~ '"(mustProve|promoteWhen)":';
--> statement-breakpoint
UPDATE "rollouts" SET "state" = "rename_json_keys"("state", '{"blamed": "violatedMetrics"}') WHERE "state"::text ~ '"blamed":';
--> statement-breakpoint
UPDATE "registry_policies" SET "policy" = "rename_json_keys"("policy", '{"mostErrorShare": "maxErrorRate", "mostDisagreement": "maxDisagreement", "mostInvalid": "maxInvalidShare", "mostLatencyFactor": "maxLatencyRatio", "mostFlips": "maxClassChangeShare", "mostAbsolute": "maxAbsoluteDifference"}') WHERE "policy"::text ~ '"(mostErrorShare|mostDisagreement|mostInvalid|mostLatencyFactor|mostFlips|mostAbsolute)":';
--> statement-breakpoint
UPDATE "gate_runs" SET "settings" = "rename_json_keys"("settings", '{"mostErrorShare": "maxErrorRate", "mostDisagreement": "maxDisagreement", "mostInvalid": "maxInvalidShare", "mostLatencyFactor": "maxLatencyRatio", "mostFlips": "maxClassChangeShare", "mostAbsolute": "maxAbsoluteDifference"}') WHERE "settings"::text ~ '"(mostErrorShare|mostDisagreement|mostInvalid|mostLatencyFactor|mostFlips|mostAbsolute)":';
--> statement-breakpoint
UPDATE "monitors" SET "settings" = "rename_json_keys"("settings", '{"mostDifference": "maxDifference", "mostShare": "maxShare", "mostDisagreeing": "maxDisagreement", "mostBad": "maxBadShare"}') WHERE "settings"::text ~ '"(mostDifference|mostShare|mostDisagreeing|mostBad)":';
--> statement-breakpoint
UPDATE "slos" SET "definition" = "rename_json_keys"("definition", '{"atMostMs": "maxAgeMs", "mostPer1000": "maxCostPer1000"}') WHERE "definition"::text ~ '"(atMostMs|mostPer1000)":';
--> statement-breakpoint
UPDATE "slo_revisions" SET "definition" = "rename_json_keys"("definition", '{"atMostMs": "maxAgeMs", "mostPer1000": "maxCostPer1000"}') WHERE "definition"::text ~ '"(atMostMs|mostPer1000)":';
--> statement-breakpoint
UPDATE "sli_series" SET "indicator" = "rename_json_keys"("indicator", '{"atMostMs": "maxAgeMs", "mostPer1000": "maxCostPer1000"}') WHERE "indicator"::text ~ '"(atMostMs|mostPer1000)":';
--> statement-breakpoint
UPDATE "alert_rules" SET "spec" = "rename_json_keys"("spec", '{"heldMinutes": "onHoldMinutes"}') WHERE "spec"::text ~ '"heldMinutes":';
--> statement-breakpoint
UPDATE "rule_states" SET "trace" = "rename_json_keys"("trace", '{"toldAt": "notifiedAt"}') WHERE "trace"::text ~ '"toldAt":';
--> statement-breakpoint
UPDATE "alert_groups" SET "acknowledgement" = "rename_json_keys"("acknowledgement", '{"alsoLooking": "alsoInvestigating"}') WHERE "acknowledgement"::text ~ '"alsoLooking":';
--> statement-breakpoint
UPDATE "channels" SET "settings" = "rename_json_keys"("settings", '{"mostPerHour": "maxPerHour"}') WHERE "settings"::text ~ '"mostPerHour":';
--> statement-breakpoint
UPDATE "endpoints" SET "capture" = "rename_json_keys"("capture", '{"keepDays": "retentionDays", "mostBytes": "maxBytes"}') WHERE "capture"::text ~ '"(keepDays|mostBytes)":';
--> statement-breakpoint
UPDATE "endpoints" SET "cache" = "rename_json_keys"("cache", '{"mostBytes": "maxBytes"}') WHERE "cache"::text ~ '"mostBytes":';
--> statement-breakpoint
UPDATE "load_tests" SET "settings" = "rename_json_keys"("settings", '{"mostInFlight": "maxInFlight"}') WHERE "settings"::text ~ '"mostInFlight":';
--> statement-breakpoint
-- A deleted model waits with its rows, some of which are of the tables above.
UPDATE "trashed_models" SET "rows" = (
	SELECT coalesce(jsonb_agg(CASE WHEN element.value ->> 'table' IN ('registry_policies', 'gate_runs', 'load_tests', 'rollouts')
		THEN "rename_json_keys"(element.value, '{"mostErrorShare": "maxErrorRate", "mostDisagreement": "maxDisagreement", "mostInvalid": "maxInvalidShare", "mostLatencyFactor": "maxLatencyRatio", "mostFlips": "maxClassChangeShare", "mostAbsolute": "maxAbsoluteDifference", "mostInFlight": "maxInFlight", "mustProve": "requiresVerdict", "promoteWhen": "advanceWhen", "blamed": "violatedMetrics"}')
		ELSE element.value END ORDER BY element.place), '[]')
	FROM jsonb_array_elements("rows") WITH ORDINALITY AS element (value, place))
WHERE "rows"::text ~ '"(mostErrorShare|mostDisagreement|mostInvalid|mostLatencyFactor|mostFlips|mostAbsolute|mostInFlight|mustProve|promoteWhen|blamed)":';
--> statement-breakpoint
-- Not at any depth: the columns of a question and the groups of a finding have names that users chose.
UPDATE "monitoring_analyses" SET "question" = jsonb_set("question" #- ARRAY["kind", 'most'], ARRAY["kind", 'maxRequests'], "question" #> ARRAY["kind", 'most'])
WHERE "kind" IN ('consistency', 'skew') AND "question" #> ARRAY["kind", 'most'] IS NOT NULL;
--> statement-breakpoint
UPDATE "monitoring_findings" SET "evidence" = jsonb_set("evidence" - 'told', '{withEventTime}', "evidence" -> 'told')
WHERE "watcher" = 'integrity' AND "evidence" ?& '{told,outOfOrder}';
--> statement-breakpoint
DROP FUNCTION "rename_json_keys"(jsonb, jsonb);
