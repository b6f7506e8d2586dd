CREATE TABLE `passkey` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`name` text,
	`public_key` text NOT NULL,
	`credential_id` text NOT NULL,
	`counter` integer NOT NULL,
	`device_type` text NOT NULL,
	`backed_up` integer NOT NULL,
	`transports` text,
	`created_at` integer DEFAULT (cast(unixepoch('subsec') * 1000 as integer)),
	`aaguid` text,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `passkey_user_id` ON `passkey` (`user_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `passkey_credential_id` ON `passkey` (`credential_id`);--> statement-breakpoint
-- At most 20 a person (MAX_PASSKEYS), and none for an account that is being deleted at this very moment.
CREATE TRIGGER `passkey_insert` BEFORE INSERT ON `passkey`
WHEN NOT EXISTS (SELECT 1 FROM `user` WHERE `id` = NEW.`user_id` AND `username` IS NOT NULL)
	OR (SELECT count(*) FROM `passkey` WHERE `user_id` = NEW.`user_id`) >= 20
BEGIN
	SELECT RAISE(ABORT, 'no more passkeys for this person');
END;
