# The large tables of Unicode lie beside the image: without them, or with those of another build, the rest works.
exec 2>&1
mkdir -p lib/python3.14
cp "$BATON" baton
library=$(dirname "$BATON")/lib/python3.14
cp "$library/stdlib.image" "$library/unicode.tables" lib/python3.14
uses() {
    ./baton -c 'import unicodedata; print(unicodedata.name("\xe9"), unicodedata.normalize("NFD", "\xe9") == "e\u0301")' 2>&1 | tail -n 1
    ./baton -c 'print("\N{EM DASH}" == "\u2014")' 2>&1 | tail -n 1
    ./baton -c 'print("\N{HANGUL SYLLABLE GAG}" == "\uac01", "\xe9".upper() == "\xc9", "\xe9".isalpha())'
}
echo "== as built"
uses
echo "== another build"
printf '\1\2\3\4' | dd of=lib/python3.14/unicode.tables bs=1 seek=4 conv=notrunc status=none
uses
echo "== none"
rm lib/python3.14/unicode.tables
uses
