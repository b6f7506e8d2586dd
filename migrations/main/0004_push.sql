CREATE TABLE `push_address` (
	`device_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`hash` text NOT NULL,
	`registered_at` integer NOT NULL,
	`claim` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `push_address_hash` ON `push_address` (`hash`);--> statement-breakpoint
ALTER TABLE `settings` ADD `push_previews` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `settings` ADD `quiet_hours` text;