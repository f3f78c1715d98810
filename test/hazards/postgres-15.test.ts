import { describeHazards } from '../support/hazards/describe-hazards.ts'

describeHazards(15)
