TABLE = ""
PUBLIC = set()
DEVELOPING = set()
def read(): return {}
