# What options and encodings change in little: -R beats PYTHONHASHSEED, debug is a flag, the prompt escapes only what the stream cannot encode.
exec 2>&1
PYTHONHASHSEED=0 $BATON -c 'import sys; print(sys.flags.hash_randomization)'
PYTHONHASHSEED=0 $BATON -R -c 'import sys; print(sys.flags.hash_randomization)'
PYTHONDEBUG=2 PYTHONOPTIMIZE=2 $BATON -c 'import sys; print(sys.flags.debug, sys.flags.optimize)'
for encoding in ascii latin-1 utf-8; do
    printf '"\\xe9 \\uDC80 \\U00010000 \\U0010FFFF"\n' | PYTHONIOENCODING=$encoding $BATON -i 2>/dev/null | od -An -tx1
done
