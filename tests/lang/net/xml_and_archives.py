# XML by expat, and the modules beneath bz2 and lzma.
import bz2, lzma, xml.dom.minidom, xml.etree.ElementTree as ET
from xml.parsers import expat

p = expat.ParserCreate(namespace_separator=" ")
p.buffer_text = True
for name in ("StartElementHandler", "EndElementHandler", "CharacterDataHandler", "CommentHandler", "ProcessingInstructionHandler",
             "StartNamespaceDeclHandler", "StartCdataSectionHandler", "XmlDeclHandler"):
    setattr(p, name, lambda *args, name=name: print(name, *args))
print(p.Parse('<?xml version="1.0" encoding="utf-8"?><a xmlns="urn:x" b="1"><!--c-->t&amp;\u00e9<?pi d?><![CDATA[<]]></a>', True))
q = expat.ParserCreate()
try:
    q.Parse(b"<a>\n <b></a>", True)
except expat.ExpatError as e:
    print(e, e.code, e.lineno, e.offset, expat.errors.messages[e.code])
def fail(*args):
    raise KeyError("handler")
q = expat.ParserCreate("iso-8859-15")
q.StartElementHandler = fail
try:
    q.Parse(b"<a/>", True)
except KeyError as e:
    print(e)
print(ET.tostring(ET.fromstring("<r><i k='v'>1</i><i/></r>")))
print(xml.dom.minidom.parseString("<a><b/></a>").toxml())

data = b"the same again, " * 5000
for module in (bz2, lzma):
    packed = module.compress(data)
    print(len(packed) < 1000, module.decompress(packed + packed) == data * 2)
    try:
        module.decompress(b"nonsense")
    except (OSError, lzma.LZMAError) as e:
        print(type(e).__name__, e)
d = lzma.LZMADecompressor()
print(len(d.decompress(lzma.compress(data) + b"rest", 1000)), d.needs_input, d.eof, d.check)
print(len(d.decompress(b"")), d.eof, d.unused_data)
