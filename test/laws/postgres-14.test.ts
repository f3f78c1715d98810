import { describeLaws } from '../support/laws.ts'

describeLaws(14)
