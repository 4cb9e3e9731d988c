DROP INDEX "artifact_files_workspace";--> statement-breakpoint
CREATE INDEX "artifact_files_key" ON "artifact_files" USING btree ("key" collate "C");