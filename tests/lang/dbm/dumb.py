# dbm.dumb and shelve: what is stored is there when the files are opened again.
import dbm
import dbm.dumb
import os
import shelve
import tempfile

with tempfile.TemporaryDirectory() as folder:
    name = os.path.join(folder, "db")
    try:
        dbm.open(name)
    except dbm.error[0] as e:
        print("error:", e)
    with dbm.dumb.open(name, "c") as db:
        db["one"] = "1"
        db[b"two"] = b"\0\xff'\n"
        db["long"] = b"x" * 2000
        db["one"] = b"y" * 600
        db["gone"] = ""
        del db["gone"]
        print(sorted(db.keys()), len(db), "one" in db, b"three" in db)
    print(dbm.whichdb(name), sorted(os.listdir(folder)))
    with dbm.open(name, "r") as db:
        print(db["two"], len(db["one"]), len(db["long"]), db.get("none", 5))
        for bad in lambda: db.__setitem__("a", "b"), lambda: db["missing"], lambda: db.__delitem__("one"):
            try:
                bad()
            except Exception as e:
                print(type(e).__name__, e)
    try:
        db["one"]
    except dbm.dumb.error as e:
        print(e)
    with dbm.dumb.open(name, "n") as db:
        print(len(db))
        try:
            db[1] = 2
        except TypeError as e:
            print(e)
    print(dbm.whichdb(os.path.join(folder, "nothing")), repr(dbm.whichdb(__file__)))
    try:
        dbm.dumb.open(name, "x")
    except ValueError as e:
        print(e)

    with shelve.Shelf(dbm.dumb.open(os.path.join(folder, "shelf"), "c"), writeback=True) as shelf:
        shelf["list"] = [1, 2]
        shelf["list"].append({"a": (3, None)})
    with shelve.Shelf(dbm.dumb.open(os.path.join(folder, "shelf"))) as shelf:
        print(dict(shelf))
