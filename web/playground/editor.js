// @ts-check
/* editor.js: CodeMirror for Python, in the page's colours.  It comes after the page and the interpreter; until then the reader types in a plain text area. */
import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword], color: 'var(--syntax-keyword)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string), tags.escape], color: 'var(--syntax-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--syntax-number)' },
  { tag: tags.comment, color: 'var(--syntax-comment)', fontStyle: 'italic' },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className), tags.className], color: 'var(--syntax-name)', fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--syntax-name)' },
  { tag: [tags.self, tags.special(tags.variableName), tags.meta], color: 'var(--syntax-meta)' },
]);

/** @type {import('@codemirror/state').StateEffectType<number>} */
const mark = StateEffect.define();
const marked = StateField.define({
  create: () => Decoration.none,
  update(decorations, transaction) {
    if (transaction.docChanged) return Decoration.none;
    for (const effect of transaction.effects) {
      if (effect.is(mark)) {
        return effect.value > 0 && effect.value <= transaction.state.doc.lines
          ? Decoration.set(Decoration.line({ class: 'error-line' }).range(transaction.state.doc.line(effect.value).from))
          : Decoration.none;
      }
    }
    return decorations;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** @typedef {{text: string, focus: () => void, show: (line: number) => void, element: HTMLElement, dispose: () => void}} Editor */

/**
 * Puts an editor in the place of a text area and takes its text over.
 * @param {HTMLTextAreaElement} area
 * @param {{onRun: () => void, onChange: () => void, label: string}} options
 * @returns {Editor}
 */
export function createEditor(area, { onRun, onChange, label }) {
  const extensions = [
    lineNumbers(), highlightActiveLineGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), autocompletion({ activateOnTyping: false }),
    highlightActiveLine(), highlightSelectionMatches(), indentUnit.of('    '), EditorState.tabSize.of(4), python(), syntaxHighlighting(colours), marked,
    keymap.of([
      { key: 'Mod-Enter', preventDefault: true, run: () => (onRun(), true) },
      ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab,
    ]),
    EditorView.contentAttributes.of({ 'aria-label': `${label}. Escape and then Tab leaves the editor.`, autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' }),
    EditorView.updateListener.of((update) => update.docChanged && onChange()),
  ];
  const focused = document.activeElement === area;
  const view = new EditorView({ root: /** @type {Document | ShadowRoot} */ (area.getRootNode()), state: EditorState.create({ doc: area.value, extensions }) });
  area.replaceWith(view.dom);
  if (focused) view.focus();
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.setState(EditorState.create({ doc: text, extensions }));
    },
    focus: () => view.focus(),
    show(line) {
      if (line < 1 || line > view.state.doc.lines) return;
      const at = view.state.doc.line(line).from;
      view.dispatch({ effects: [mark.of(line), EditorView.scrollIntoView(at, { y: 'center' })], selection: { anchor: at } });
    },
    element: view.dom,
    dispose: () => view.destroy(),
  };
}
