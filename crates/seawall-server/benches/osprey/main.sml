# The rules of the default policy in the language of Osprey 1.1, over what Seawall would have found out about an account before its
# policy is asked: Osprey's own functions count and compare nothing. `docs/benchmarks.md` has the commands.
AccountId: Entity[str] = EntityJson(type='Account', path='$.account', coerce_type=True)
ActionName = GetActionName()
Bound: bool = JsonData(path='$.membership.bound')
Bits: float = JsonData(path='$.membership.bits', coerce_type=True)
CampaignBits: float = JsonData(path='$.campaign.bits', coerce_type=True)
CampaignAccounts: int = JsonData(path='$.campaign.accounts')
Indicators: int = JsonData(path='$.indicators.count')
ProvisionalFamilies: int = JsonData(path='$.provisional.families')
ProvisionalBits: float = JsonData(path='$.provisional.bits', coerce_type=True)
Trusted: bool = JsonData(path='$.account_trusted')
ModelOver: bool = JsonData(path='$.model.over')

KnownCampaign = Rule(when_all=[Bound == True, Bits >= 6.6, CampaignBits >= 8.0, CampaignAccounts >= 30], description='Fits a large campaign that no innocent explanation accounts for.')
Named = Rule(when_all=[Indicators > 0], description='Carries what somebody named as of an operation.')
LikelyCampaign = Rule(when_all=[Bound == True], description='Fits a campaign.')
InTheMaking = Rule(when_all=[ProvisionalFamilies >= 2, ProvisionalBits >= 6.6, Trusted == False], description='Shows with others what is new and too frequent.')
Model = Rule(when_all=[ModelOver == True, Trusted == False], description='Looks like accounts that people called of an operation.')

WhenRules(rules_any=[KnownCampaign, Named], then=[DeclareVerdict(verdict='block')])
WhenRules(rules_any=[LikelyCampaign, InTheMaking, Model], then=[DeclareVerdict(verdict='challenge')])
