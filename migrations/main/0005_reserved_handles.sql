-- Whoever signs up, or takes another handle, at the very moment in which an account is deleted does not get
-- its handle either: this decides in the statement that would take it. The words are those of a taken one.
CREATE TRIGGER `user_reserved_handle_insert` BEFORE INSERT ON `user`
WHEN EXISTS (SELECT 1 FROM `reserved_handle` WHERE `handle` = NEW.`username`)
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: user.username');
END;
--> statement-breakpoint
CREATE TRIGGER `user_reserved_handle_update` BEFORE UPDATE OF `username` ON `user`
WHEN EXISTS (SELECT 1 FROM `reserved_handle` WHERE `handle` = NEW.`username`)
BEGIN
	SELECT RAISE(ABORT, 'UNIQUE constraint failed: user.username');
END;
