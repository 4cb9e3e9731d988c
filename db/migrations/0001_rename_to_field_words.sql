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
