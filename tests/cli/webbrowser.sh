# webbrowser: which program is run, with what; the programs are scripts that write down what they get.
mkdir bin
for name in firefox chromium epiphany kfmclient elinks lynx other; do
    printf '#!/bin/sh\necho "%s $*" >>"$LOG"\n' $name >bin/$name
    chmod +x bin/$name
done
printf '#!/bin/sh\nexit 3\n' >bin/fails
chmod +x bin/fails
here=$PWD
export LOG=$here/log
run() { # [NAME=VALUE ...] PROGRAM
    : >log
    env -i PATH="$here/bin:/usr/bin:/bin" LOG="$LOG" "$@" 2>&1 | sed "s|$here|HERE|g"
    cat log
}

echo "--- nothing to show a page with"
run PATH= "$BATON" -c 'import webbrowser
print(webbrowser.open("http://example.com/"))
try: webbrowser.get()
except webbrowser.Error as e: print(e)'
echo "--- on a screen"
run DISPLAY=:0 "$BATON" -c 'import webbrowser as w
print(type(w.get("firefox")).__name__, w.get("firefox").name)
for name in "firefox", "Chromium", "epiphany", "kfmclient":
    b = w.get(name)
    print(b.open("u:0"), b.open_new("u:1"), b.open_new_tab("u:2"), b.open("u:3", autoraise=False))
try: b.open("u", new=9)
except w.Error as e: print(e)
try: w.get("lynx")
except w.Error as e: print(e)
try: w.open("--version")
except ValueError as e: print(e)'
echo "--- in a terminal"
run TERM=dumb "$BATON" -c 'import webbrowser as w
for name in "elinks", "lynx":
    b = w.get(name)
    print(b.open("u:0"), b.open_new("u:1"), b.open_new_tab("u:2"))'
echo "--- BROWSER"
run TERM=dumb BROWSER="fails:other --x '%s' y:lynx" "$BATON" -c 'import webbrowser as w
print(w.get().name, w._tryorder[:3], w.open("a b"), w.open_new_tab("c"))'
run BROWSER="$here/bin/other" "$BATON" -c 'import webbrowser as w
print(w.get().name, w.open("a"))
w.register("mine", w.Chrome, w.Chrome("other"), preferred=True)
print(w._tryorder, w.open_new("b"), w.get("MINE").name)'
run DISPLAY=:0 "$BATON" -c 'import os, webbrowser as w
os.makedirs("elsewhere"); os.link("bin/firefox", "elsewhere/firefox")
b = w.get("elsewhere/firefox"); print(type(b).__name__, b.name, b.open_new("z"))'
echo "--- the command line"
run BROWSER=other "$BATON" -m webbrowser -t http://example.com/ | cat -v
run BROWSER=other "$BATON" -m webbrowser -n -t u
