"""Tables of character sets are made when an encoding first asks for them: threads that do so at once have whole ones, and a decoder each."""

import codecs
import threading
from harness import check, done

ENCODINGS = 'gb2312 gbk gb18030 big5 big5hkscs euc_kr johab shift_jis cp932 euc_jis_2004 iso2022_jp_2'.split()
TEXT = '一丁七上下あいうアイウ'
THREADS = 6
barrier = threading.Barrier(THREADS)
results = {name: [] for name in ENCODINGS}


def work():
    for name in ENCODINGS:
        barrier.wait()
        coded = TEXT.encode(name)
        decoder = codecs.getincrementaldecoder(name)()
        results[name].append((coded, ''.join(decoder.decode(coded[i:i + 1]) for i in range(len(coded)))))


threads = [threading.Thread(target=work) for _ in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join(60)
for name, found in results.items():
    check(len(found) == THREADS and len(set(found)) == 1, name, found)
    check(found[0][1] == TEXT, name, found[0])
done()
