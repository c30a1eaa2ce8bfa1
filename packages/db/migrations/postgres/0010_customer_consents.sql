CREATE TABLE "customer_consents" (
	"connection_id" text NOT NULL,
	"customer_tenant_id" text NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"domain" text,
	"grants" jsonb NOT NULL,
	"state" text NOT NULL,
	"certain" boolean NOT NULL,
	"request_id" text NOT NULL,
	"problem" jsonb,
	"granted_at" timestamp (3) with time zone,
	"granted_by" text,
	"revoked_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"version" bigint NOT NULL,
	CONSTRAINT "customer_consents_connection_id_customer_tenant_id_pk" PRIMARY KEY("connection_id","customer_tenant_id")
);
--> statement-breakpoint
ALTER TABLE "customer_consents" ADD CONSTRAINT "customer_consents_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;