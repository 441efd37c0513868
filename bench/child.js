// A process for one part of a measure: node child.js MEASURE ARGUMENTS, started by support/inChild.js.
const [measure, args] = process.argv.slice(2)
const { inChild } = await import(new URL(`measures/${measure}.js`, import.meta.url).href)
process.stdout.write(JSON.stringify(await inChild(JSON.parse(args))), () => process.exit(0))
