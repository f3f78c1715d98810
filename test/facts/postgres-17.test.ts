import { describeFacts } from '../support/facts/describe-facts.ts'

describeFacts(17)
