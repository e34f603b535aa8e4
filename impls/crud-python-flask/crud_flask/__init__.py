"""The crud service with threads: Flask on gunicorn's gthread workers, psycopg 3 and its pool."""
