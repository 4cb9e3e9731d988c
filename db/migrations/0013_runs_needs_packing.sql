ALTER TABLE "runs" ADD COLUMN "needs_packing" boolean DEFAULT true NOT NULL;--> statement-breakpoint
CREATE INDEX "runs_unpacked" ON "runs" USING btree ("id") WHERE "runs"."needs_packing";