// Checks the types, and the texts in src/i18n: `node check-types-and-texts.mjs GROUP...` prints each fault, and ends with status 1 if there
// is one. Each text is used, by a screen of the area that its file names; it is loaded with the first page if that uses it; both languages
// have the same placeholders. Their types check that both have the same keys.
import { basename, join, relative, sep } from "node:path";
import ts from "typescript";

const SOURCE = join(import.meta.dirname, "src");
const TEXTS = join(SOURCE, "i18n");
/** Groups of codes whose texts the API's catalogue has. */
const CATALOGUE_GROUPS = process.argv.slice(2);
const LANGUAGES = ["en", "zh-CN"];
/** Functions of src/i18n/index.ts that take a group of codes, and attributes of components that pass one on. */
const GROUP_FUNCTIONS = ["named", "isNamed", "choices", "translated"];
const GROUP_ATTRIBUTES = ["kind", "group", "reasons"];
const faults = [];

const { config } = ts.readConfigFile(join(import.meta.dirname, "tsconfig.json"), ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, import.meta.dirname);
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();
const paths = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => import.meta.dirname, getNewLine: () => "\n" };
for (const fault of ts.getPreEmitDiagnostics(program)) faults.push(ts.formatDiagnostic(fault, paths).trimEnd());
const sources = program.getSourceFiles().filter((file) => file.fileName.startsWith(SOURCE + sep) && !file.isDeclarationFile);

/** Return the texts of a language: of each key its text and the file that has it. */
function textsOf(language) {
  const found = new Map();
  const read = (file, node, isFirst) => {
    if (ts.isPropertyAssignment(node) && ts.isStringLiteralLike(node.initializer)) {
      const key = node.name.text;
      if (found.has(key)) faults.push(`${file}: ${key} is also in ${found.get(key).file}`);
      found.set(key, { file, isFirst, text: node.initializer.text });
    }
    ts.forEachChild(node, (child) => read(file, child, isFirst || (ts.isVariableDeclaration(node) && node.name.text === "firstPage")));
  };
  for (const file of sources) if (file.fileName.startsWith(join(TEXTS, language) + sep)) read(relative(TEXTS, file.fileName), file, false);
  return found;
}

/** Return the literals that a type allows; undefined for any string, and for any key. */
function literals(type) {
  if (typeof type === "string") return [type];
  const of = (type.isUnion() ? type.types : [type]).filter((one) => !(one.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)));
  return of.every((one) => one.isStringLiteral()) && !isAnyKey(type) ? of.map((one) => one.value) : undefined;
}

/** Return true for the type `Key`, which components take and pass on. */
function isAnyKey(type) {
  return !!type?.isUnion() && type.types.length > 500;
}

/** Return the key of each text that a file uses, and the groups of which it may use every text. */
function usesOf(file) {
  const keys = new Set();
  const groups = new Set();
  const typeOf = (node) => (ts.isStringLiteral(node) ? node.text : checker.getTypeAtLocation(ts.isAsExpression(node) ? node.expression : node));
  const useCodes = (group, code) => {
    for (const name of literals(typeOf(group)) ?? []) {
      const codes = code && literals(typeOf(code));
      if (codes) for (const one of codes) keys.add(`${name}.${one}`);
      else if (!CATALOGUE_GROUPS.includes(name)) groups.add(name);
    }
  };
  const attribute = (element, name) => element.properties.find((one) => ts.isJsxAttribute(one) && one.name.text === name)?.initializer;
  const visit = (node) => {
    if (ts.isTemplateExpression(node) || (ts.isStringLiteralLike(node) && isAnyKey(checker.getContextualType(node)))) for (const key of literals(typeOf(node)) ?? []) keys.add(key);
    if (ts.isCallExpression(node) && node.expression.getText() === "t") for (const key of literals(typeOf(node.arguments[0])) ?? []) keys.add(key);
    if (ts.isCallExpression(node) && GROUP_FUNCTIONS.includes(node.expression.getText())) useCodes(node.arguments[0], node.arguments[1]);
    if (ts.isJsxAttributes(node))
      for (const group of GROUP_ATTRIBUTES.map((name) => attribute(node, name)).filter(Boolean)) useCodes(expressionOf(group), expressionOf(attribute(node, "state")));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { keys, groups };
}

function expressionOf(initializer) {
  return initializer && ts.isJsxExpression(initializer) ? initializer.expression : initializer;
}

/** Return the files that a file imports statically, itself included. */
function closure(file, seen = new Set()) {
  if (!file || seen.has(file)) return seen;
  seen.add(file);
  for (const one of file.statements)
    if (ts.isImportDeclaration(one) && !one.importClause?.isTypeOnly) {
      const symbol = checker.getSymbolAtLocation(one.moduleSpecifier);
      closure(symbol?.valueDeclaration?.getSourceFile(), seen);
    }
  return seen;
}

const [english, chinese] = LANGUAGES.map(textsOf);

/** Return the area of a file: the folder of its screens, `frame`, or `components`, which every area uses. */
function areaOf(file) {
  const [folder, name] = relative(SOURCE, file.fileName).split(sep);
  return folder === "screens" ? name : folder === "main.tsx" ? "frame" : folder;
}

const isStart = (file) => ["home.tsx", "main.tsx"].includes(basename(file.fileName));
const firstPage = new Set(sources.filter(isStart).flatMap((file) => [...closure(file)]));
const uses = sources.filter((file) => !file.fileName.startsWith(TEXTS + sep)).map((file) => ({ file, ...usesOf(file) }));
for (const [key, { file, isFirst }] of english) {
  const name = key.replace(/_(one|other)$/, "");
  const users = uses.filter(({ keys, groups }) => keys.has(key) || keys.has(name) || groups.has(key.split(".")[0])).map((one) => one.file);
  const areas = [...new Set(users.map(areaOf))];
  const area = basename(file, ".ts");
  if (!users.length) faults.push(`${file}: no screen uses ${key}`);
  else if (area === "common" ? areas.length === 1 && areas[0] !== "components" : area !== "problems" && !areas.includes(area) && !areas.includes("components")) faults.push(`${file}: ${areas} uses ${key}`);
  if (isFirst !== users.some((user) => firstPage.has(user)) && area !== "problems") faults.push(`${file}: ${key} is ${isFirst ? "not " : ""}for the first page`);
}
const placeholders = (text) => [...new Set(text.match(/{{\w+}}/g))].sort().join();
for (const [key, { file, text }] of chinese)
  if (english.has(key) && placeholders(text) !== placeholders(english.get(key).text)) faults.push(`${file}: other placeholders of ${key} than in English`);

for (const fault of faults) console.log(fault);
process.exitCode = faults.length ? 1 : 0;
