CREATE TABLE "cool_downs" (
	"connection_id" text NOT NULL,
	"key" text NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"told" jsonb NOT NULL,
	CONSTRAINT "cool_downs_connection_id_key_pk" PRIMARY KEY("connection_id","key")
);
--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "proving_by" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "lease_holder" text;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "verify" text;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "lease_holder" text;--> statement-breakpoint
ALTER TABLE "cool_downs" ADD CONSTRAINT "cool_downs_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "connections_held" ON "connections" USING btree ("lease_holder") WHERE lease_holder is not null;