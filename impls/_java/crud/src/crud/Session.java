package crud;

import java.util.UUID;

/** Whom a request comes from. */
record Session(UUID userId, String userName, String createdAt, byte[] tokenHash) {}
