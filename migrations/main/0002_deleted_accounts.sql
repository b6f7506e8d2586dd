CREATE TABLE `reserved_handle` (
	`handle` text PRIMARY KEY NOT NULL,
	`free_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `reserved_handle_free_at` ON `reserved_handle` (`free_at`);