# The image of the library must have been made by a program with the same instructions.
exec 2>&1
mkdir -p lib/python3.14
cp "$BATON" baton
library=$(dirname "$BATON")/lib/python3.14/stdlib.image
head -c 65536 "$library" >lib/python3.14/stdlib.image
said() { ./baton -c 'print(1)' 2>&1 | grep -o '[a-z]* image of the standard library at\|was made by another build'; }
echo "== other instructions"
printf '\1\2\3\4' | dd of=lib/python3.14/stdlib.image bs=1 seek=20 conv=notrunc status=none
said
echo "== another version"
printf '\1\0\0\0' | dd of=lib/python3.14/stdlib.image bs=1 seek=8 conv=notrunc status=none
said
echo "== no image"
echo text >lib/python3.14/stdlib.image
said
rm lib/python3.14/stdlib.image
said
