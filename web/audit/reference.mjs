// What graphql-js says of documents and of a schema: reads {sdl, cases, queries} as JSON, and writes {verdicts, answers}.
import { readFileSync } from 'node:fs'
import { GraphQLString, TypeInfo, buildSchema, getArgumentValues, getDirectiveValues, graphqlSync, isScalarType, isSpecifiedScalarType, parse, validate, visit, visitWithTypeInfo } from 'graphql'
import { getVariableValues } from 'graphql/execution/values.js'

const { sdl, cases, queries } = JSON.parse(readFileSync(0, 'utf8'))
const schema = buildSchema(sdl)
for (const type of Object.values(schema.getTypeMap())) {
  if (!isScalarType(type) || isSpecifiedScalarType(type)) continue
  type.parseValue = GraphQLString.parseValue // every custom scalar is a string
  type.parseLiteral = GraphQLString.parseLiteral
}

// judge says at which step graphql-js refuses an operation, and why.
function judge({ query, variables }) {
  let doc
  try {
    doc = parse(query)
  } catch (e) {
    return ['parse', e.message]
  }
  const errors = validate(schema, doc)
  if (errors.length > 0) return ['validate', errors.map((e) => e.message).join('; ')]
  const op = doc.definitions.find((d) => d.kind === 'OperationDefinition')
  const vars = getVariableValues(schema, op.variableDefinitions ?? [], variables ?? {})
  if (vars.errors) return ['coerce', vars.errors.map((e) => e.message).join('; ')]
  const info = new TypeInfo(schema)
  try {
    visit(doc, visitWithTypeInfo(info, {
      Field(node) {
        getArgumentValues(info.getFieldDef(), node, vars.coerced)
        for (const name of ['skip', 'include']) getDirectiveValues(schema.getDirective(name), node, vars.coerced)
      },
    }))
  } catch (e) {
    return ['coerce', e.message]
  }
  return ['ok', '']
}

const verdicts = (cases ?? []).map((c) => judge(c))
const answers = (queries ?? []).map((source) => graphqlSync({ schema, source }))
process.stdout.write(JSON.stringify({ verdicts, answers }))
