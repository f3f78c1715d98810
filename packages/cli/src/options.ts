import { type Command, InvalidArgumentError, Option } from 'commander'

/** Where the schema comes from when the migrations do not tell all of it. */
export function schemaOptions(command: Command): void {
  command
    .addOption(
      new Option(
        '--database [url]',
        'read the schema from this database where the migrations do not tell it; without a URL from DATABASE_URL. Read only; never printed',
      ).conflicts('schemaDump'),
    )
    .option('--schema-dump <file>', 'the same from a file that pg_dump --schema-only wrote: the schema before the newest migration')
    .option('--schema-at <migration>', 'the first migration that the database or dump does not have yet, where that is another one')
}

/** Command lines below the help, each with what it is for. */
export function examples(command: Command, lines: readonly (readonly [command: string, what: string])[]): void {
  command.addHelpText('after', `\nExamples:\n${lines.map(([line, what]) => `  # ${what}\n  ${line}`).join('\n')}`)
}

/** An option that may be given several times: a list. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description} (repeatable)`).argParser((text: string, before: readonly string[] = []) => [...before, text])
}

/** Which project, where a folder holds several. */
export function project(): Option {
  return repeatable('--project <folder>', 'the project to work on, where several may be meant')
}

/** The live database. */
export function live(): Option {
  return new Option(
    '--database <url>',
    "the database to work on (default: what the ORM's configuration or DATABASE_URL says); never printed",
  )
}

/** A number of seconds, 0 or more. */
export function seconds(flags: string, description: string, value: number): Option {
  return new Option(flags, description).default(value).argParser((text: string): number => {
    const number = Number(text)
    if (!(text.trim() !== '' && number >= 0 && number < 1e6)) throw new InvalidArgumentError('Give a number of seconds.')
    return number
  })
}

/** Text for people or JSON for machines. */
export function format(): Option {
  return new Option('--format <format>', 'how to report').choices(['text', 'json']).default('text')
}

/** A number above 0. */
export function positive(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value > 0)) throw new InvalidArgumentError('Give a number greater than 0.')
    return value
  })
}

/** A major version, 14 to 18. */
export function postgres(description: string): Option {
  return new Option('--postgres <major>', description).argParser((text: string): number => {
    if (!/^1[4-8]$/.test(text)) throw new InvalidArgumentError('Choose a major version: 14, 15, 16, 17 or 18.')
    return Number(text)
  })
}
