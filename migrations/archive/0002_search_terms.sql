-- The terms are made by workers/db/search-terms.ts; the tokenizer only splits at blanks what it is given.
CREATE VIRTUAL TABLE `search` USING fts5(`terms`, content='', contentless_delete=1, tokenize="ascii tokenchars '_@-'");
