ALTER TABLE "run_datasets" DROP CONSTRAINT "run_datasets_workspace_id_workspaces_id_fk";
--> statement-breakpoint
ALTER TABLE "run_params" DROP CONSTRAINT "run_params_workspace_id_workspaces_id_fk";
--> statement-breakpoint
ALTER TABLE "run_tags" DROP CONSTRAINT "run_tags_workspace_id_workspaces_id_fk";
--> statement-breakpoint
CREATE INDEX "runs_active_status" ON "runs" USING btree ("workspace_id","experiment_id","status") WHERE "runs"."deleted_at" is null;