"""The service: FastAPI on uvicorn around a desk that answers, with a log behind it.

    request --guard--> body --parse--> columns --desk--> inquiry --lane--> reply --log--> response

Only what a request needs on its way to a score runs for it; everything else is FastAPI's.
"""
