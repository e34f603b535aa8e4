"""The crud service on event loops: FastAPI on uvicorn with uvloop, asyncpg and its pool."""
