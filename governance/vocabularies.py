"""The closed lists of terms that documents use, with what each term means.

A term that is taken from a published list names it as its `source`; the others are our own.
"""

from __future__ import annotations

from governance.codes import COUNTRIES, CURRENCIES, FORMER_COUNTRIES
from kb.documents.vocabulary import Term, Vocabulary

MAAS_VILLALOBOS = (
    "Maas and Villalobos (2023), “International AI Institutions: "
    "A Literature Review of Models, Examples, and Proposals”"
)
CSL = "Citation Style Language 1.0.2, item types"
VIENNA_CONVENTION = "Vienna Convention on the Law of Treaties (1969)"
UN_TREATY_GLOSSARY = "United Nations Treaty Collection, Glossary"

TOPICS = Vocabulary(
    name="topics",
    label="Topics",
    definition="What an entry is about.",
    terms=(
        Term(
            "frontier-safety",
            "Frontier safety",
            "Severe risks from the most capable general-purpose models.",
        ),
        Term(
            "safety-research",
            "Safety research",
            "Research on how to make AI systems reliable, controllable and aligned.",
        ),
        Term(
            "evaluation-and-testing",
            "Evaluation and testing",
            "Measuring what models can do and how they fail, before and after release.",
        ),
        Term(
            "standards",
            "Standards",
            "Technical and management standards, and conformity with them.",
        ),
        Term(
            "verification-and-monitoring",
            "Verification and monitoring",
            "Ways of checking that commitments on AI are kept.",
        ),
        Term(
            "compute-governance",
            "Compute governance",
            "Rules that work through chips, data centres and computing power.",
        ),
        Term(
            "export-controls",
            "Export controls",
            "Limits on who may be sold chips, machines, software or models abroad.",
        ),
        Term(
            "model-weights-security",
            "Security of model weights",
            "Protection of trained models against theft and misuse.",
        ),
        Term(
            "military-ai",
            "Military AI",
            "AI in weapons, command and intelligence.",
        ),
        Term(
            "scientific-collaboration",
            "Scientific collaboration",
            "Research that institutions of several countries do together.",
        ),
        Term(
            "benefit-sharing",
            "Benefit sharing",
            "Spreading the gains from AI beyond those who build it.",
        ),
        Term(
            "open-science",
            "Open science",
            "Publication and open access to results, data, code and models.",
        ),
        Term(
            "energy-and-infrastructure",
            "Energy and infrastructure",
            "Power, data centres, networks and large shared facilities.",
        ),
        Term("health", "Health", "AI, or the institutions compared with it, in health."),
        Term(
            "human-rights",
            "Human rights",
            "Rights, democracy and the rule of law where AI is used.",
        ),
        Term(
            "data-governance",
            "Data governance",
            "Who may collect, share and use which data, and how.",
        ),
        Term("liability", "Liability", "Who answers for harm that an AI system causes."),
        Term(
            "incident-response",
            "Incident response",
            "Reporting of and reaction to AI incidents and emergencies.",
        ),
        Term(
            "us-china",
            "United States and China",
            "Relations on AI between the United States and China.",
        ),
        Term(
            "capacity-building",
            "Capacity building",
            "Help for countries and institutions that lack skills, data or computing power.",
        ),
    ),
)

LINK_RELATIONS = Vocabulary(
    name="link-relations",
    label="Link relations",
    definition="How an entry stands to another; read from the entry to the target.",
    terms=(
        Term("modelled-on", "modelled on", "The entry takes the target as its example."),
        Term("variant-of", "variant of", "The entry is another version of the target."),
        Term("adopted-as", "adopted as", "The entry, a proposal, became the target."),
        Term("proposed-by", "proposed by", "The target put the entry forward."),
        Term("endorsed-by", "endorsed by", "The target backs the entry."),
        Term("part-of", "part of", "The entry belongs to the target."),
        Term("hosted-by", "hosted by", "The target gives the entry its seat or secretariat."),
        Term("funded-by", "funded by", "The target pays for the entry, or for part of it."),
        Term("established-by", "established by", "The target set the entry up."),
        Term("successor-of", "successor of", "The entry took the place of the target."),
        Term("implements", "implements", "The entry puts the target into practice."),
        Term("amends", "amends", "The entry changes the text of the target."),
        Term("repeals", "repeals", "The entry ends the force of the target."),
        Term("responds-to", "responds to", "The entry answers the target."),
        Term("outcome-of", "outcome of", "The entry came out of the target."),
        Term("participant", "participant", "The target takes part in the entry."),
        Term("organised-by", "organised by", "The target organises the entry."),
        Term(
            "affiliated-with",
            "affiliated with",
            "The entry, a person, works or speaks for the target; the note names the role.",
        ),
        Term(
            "related",
            "related to",
            "Worth reading beside the entry; without a note it claims no more than that.",
        ),
    ),
)

FUNCTIONS = Vocabulary(
    name="functions",
    label="Institutional functions",
    definition="What an institution does, or would do if it were set up.",
    terms=(
        Term(
            "scientific-consensus",
            "Scientific consensus",
            "Assesses the state of knowledge and says what experts agree on.",
            MAAS_VILLALOBOS,
        ),
        Term(
            "norm-setting",
            "Norm setting",
            "Builds political agreement and sets norms and standards.",
            MAAS_VILLALOBOS,
        ),
        Term(
            "policy-coordination",
            "Policy coordination",
            "Coordinates the policies and rules of its members.",
            MAAS_VILLALOBOS,
        ),
        Term(
            "enforcement",
            "Enforcement",
            "Makes sure that rules are kept, by monitoring, verification or sanctions.",
            MAAS_VILLALOBOS,
        ),
        Term(
            "stabilisation-and-emergency-response",
            "Stabilisation and emergency response",
            "Prepares for crises and reacts to them.",
            MAAS_VILLALOBOS,
        ),
        Term(
            "joint-research",
            "Joint research",
            "Does research that its members could or would not do alone.",
            MAAS_VILLALOBOS,
        ),
        Term(
            "benefit-distribution",
            "Benefit distribution",
            "Gives more people or countries access to a technology and its gains.",
            MAAS_VILLALOBOS,
        ),
    ),
    source=MAAS_VILLALOBOS,
)

DESIGN_DIMENSIONS = Vocabulary(
    name="design-dimensions",
    label="Design dimensions",
    definition="The questions by which a proposed institution is laid beside a real one.",
    terms=(
        Term("purpose", "Purpose", "What it is for."),
        Term("membership", "Membership", "Who may join, and how."),
        Term("decision_making", "Decision-making", "Organs, votes and majorities."),
        Term("funding", "Funding", "Who pays, by what scale."),
        Term("legal_basis", "Legal basis", "The treaty, statute or decision it rests on."),
        Term("staffing_and_site", "Staffing and site", "Where the work is done, by whom."),
        Term("openness", "Openness", "Publication, data and intellectual property."),
        Term(
            "verification_and_enforcement",
            "Verification and enforcement",
            "How compliance is checked, and what follows a breach.",
        ),
        Term("safeguards", "Safeguards", "Security, dual use and military use."),
        Term("exit_and_suspension", "Exit and suspension", "How members leave or are shut out."),
    ),
)

PROPOSAL_FORMS = Vocabulary(
    name="proposal-forms",
    label="Forms of proposal",
    definition="What kind of thing is proposed.",
    terms=(
        Term("new-institution", "New institution", "A body that does not exist yet."),
        Term(
            "reform-of-institution",
            "Reform of an institution",
            "A new task or shape for a body that exists.",
        ),
        Term("treaty", "Treaty", "A binding agreement between states."),
        Term("standard", "Standard", "A technical or management standard."),
        Term("regulation", "Regulation", "A law or rule of one jurisdiction."),
        Term("research-programme", "Research programme", "Research to be paid for and done."),
        Term("moratorium", "Moratorium", "A halt to some development or use."),
        Term(
            "verification-regime",
            "Verification regime",
            "A way of checking that commitments are kept.",
        ),
        Term(
            "benefit-sharing-scheme",
            "Benefit-sharing scheme",
            "A way of spreading the gains from AI.",
        ),
        Term("dialogue", "Dialogue", "Talks that are to be held, once or regularly."),
        Term(
            "voluntary-commitment",
            "Voluntary commitment",
            "A promise that companies or states are asked to make.",
        ),
        Term("export-control", "Export control", "A limit on sales or transfers abroad."),
        Term("strategy", "Strategy", "A plan of aims and measures."),
        Term("statement", "Statement", "A text that its signatories stand behind."),
        Term("other", "Other", "None of these."),
    ),
)

PROPOSAL_STAGES = Vocabulary(
    name="proposal-stages",
    label="Stages of a proposal",
    definition="How far a proposal has come.",
    terms=(
        Term("floated", "Floated", "Named in public, not worked out."),
        Term("elaborated", "Elaborated", "Worked out in some detail."),
        Term("championed", "Championed", "Backed by a government or an international body."),
        Term("under-negotiation", "Under negotiation", "Those who would decide are negotiating."),
        Term("adopted", "Adopted", "Decided, not yet in force or at work."),
        Term("in-force", "In force", "In force or at work."),
        Term("rejected", "Rejected", "Turned down by those who would decide."),
        Term("lapsed", "Lapsed", "Given up, overtaken or ended."),
    ),
)

SCOPES = Vocabulary(
    name="scopes",
    label="Scope",
    definition="Whom a proposal is meant to take in.",
    terms=(
        Term("global", "Global", "Open to all states, or meant for all of them."),
        Term("plurilateral", "Plurilateral", "A group of states from more than one region."),
        Term("bilateral", "Bilateral", "Two states."),
        Term("regional", "Regional", "The states of one region."),
        Term("national", "National", "One state."),
    ),
)

PROPOSED_BINDING = Vocabulary(
    name="proposed-binding",
    label="Binding force of a proposal",
    definition="Whether what is proposed would bind in law.",
    terms=(
        Term("binding", "Binding", "It would bind in law."),
        Term("non-binding", "Not binding", "It would not bind in law."),
        Term("mixed", "Mixed", "Some of it would bind in law."),
        Term("unspecified", "Not specified", "The proposal does not say."),
    ),
)

STANCES = Vocabulary(
    name="stances",
    label="Stances",
    definition="How an actor stands to a proposal.",
    terms=(
        Term("proposes", "proposes", "It put the proposal forward, alone or with others."),
        Term("supports", "supports", "It is for the proposal."),
        Term(
            "supports-with-conditions",
            "supports with conditions",
            "It is for the proposal if conditions that it names are met.",
        ),
        Term("mixed", "mixed", "It is for parts of the proposal and against others."),
        Term("opposes", "opposes", "It is against the proposal."),
        Term(
            "opposes-as-framed",
            "opposes as framed",
            "It is against the proposal in this form, not against its aim.",
        ),
    ),
)

ARGUMENT_SIDES = Vocabulary(
    name="argument-sides",
    label="Sides of an argument",
    definition="Whether an argument speaks for or against a proposal.",
    terms=(
        Term("for", "for", "A reason to do what is proposed."),
        Term("against", "against", "A reason not to do it."),
    ),
)

ACTOR_TYPES = Vocabulary(
    name="actor-types",
    label="Types of actor",
    definition="What kind of actor it is.",
    terms=(
        Term("state", "State", "A state, present or former."),
        Term("territory", "Territory", "An area with institutions of its own that is no state."),
        Term(
            "subnational-government",
            "Subnational government",
            "The government of a part of a state.",
        ),
        Term("supranational", "Supranational body", "The European Union and its institutions."),
        Term("government-agency", "Government agency", "A ministry, agency or other public body."),
        Term(
            "international-organisation",
            "International organisation",
            "An organisation whose members are states.",
        ),
        Term("company", "Company", "A business."),
        Term("research-institute", "Research institute", "Research is its main task."),
        Term("university", "University", "It teaches and researches."),
        Term(
            "civil-society",
            "Civil society",
            "A campaign, foundation or association outside government and business.",
        ),
        Term("coalition", "Coalition", "Actors who speak together."),
        Term("person", "Person", "A person in a public role."),
    ),
)

BODY_TYPES = Vocabulary(
    name="body-types",
    label="Types of body",
    definition="What kind of international body or collaboration it is.",
    terms=(
        Term(
            "intergovernmental-organisation",
            "Intergovernmental organisation",
            "Set up by states, with organs and a legal personality of its own.",
        ),
        Term("treaty-body", "Treaty body", "Set up by a treaty to see it carried out."),
        Term("un-body", "UN body", "An organ, programme or panel of the United Nations."),
        Term("network", "Network", "Institutions that work together without a common one."),
        Term("partnership", "Partnership", "Members that share a task and its cost."),
        Term("programme", "Programme", "Common work with an end, under existing institutions."),
        Term(
            "joint-undertaking",
            "Joint undertaking",
            "A body of EU law that public and private members pay for together.",
        ),
        Term("research-facility", "Research facility", "A shared laboratory or instrument."),
        Term("scientific-panel", "Scientific panel", "Experts who assess what is known."),
        Term("standards-body", "Standards body", "It writes technical standards."),
        Term("summit-series", "Summit series", "Meetings of leaders that follow one another."),
        Term("dialogue", "Dialogue", "Regular talks without a permanent body."),
    ),
)

BODY_STATUSES = Vocabulary(
    name="body-statuses",
    label="Status of a body",
    definition="Whether a body is at work.",
    terms=(
        Term("active", "Active", "It is at work."),
        Term("planned", "Planned", "It is agreed or announced, not set up."),
        Term("suspended", "Suspended", "It exists, and its work rests."),
        Term("dissolved", "Dissolved", "It no longer exists."),
    ),
)

MEMBERSHIP_ROLES = Vocabulary(
    name="membership-roles",
    label="Roles in a body",
    definition="What an actor is in a body.",
    terms=(
        Term("founding-member", "Founding member", "A full member from the beginning."),
        Term("member", "Member", "A full member that joined later, or with no word of when."),
        Term("associate-member", "Associate member", "Takes part with fewer rights and duties."),
        Term("observer", "Observer", "May attend, without a vote."),
        Term("partner", "Partner", "Works with the body under an agreement."),
        Term("candidate", "Candidate", "Has applied, or is on its way to membership."),
        Term("host", "Host", "Gives the body its site or chairs it as host."),
        Term(
            "signatory",
            "Signatory",
            "Signed the text that the body rests on, without (yet) being a member.",
        ),
        Term("suspended", "Suspended", "A member whose rights rest."),
    ),
)

INSTRUMENT_TYPES = Vocabulary(
    name="instrument-types",
    label="Types of instrument",
    definition="What kind of text it is.",
    terms=(
        Term("treaty", "Treaty", "An agreement between states under international law."),
        Term("convention", "Convention", "A treaty of that name, as a rule open to many states."),
        Term("declaration", "Declaration", "States or others declare common views or aims."),
        Term("resolution", "Resolution", "A decision of an assembly or council."),
        Term("regulation", "Regulation", "A general rule made by an executive or by the EU."),
        Term("statute", "Statute", "A law that a legislature passed."),
        Term("bill", "Bill", "A law that a legislature has before it, or that never became one."),
        Term("executive-order", "Executive order", "An order of a head of government."),
        Term("export-control", "Export control", "A rule on sales or transfers abroad."),
        Term("standard", "Standard", "A technical or management standard."),
        Term("code-of-conduct", "Code of conduct", "Rules that one takes upon oneself."),
        Term("voluntary-commitment", "Voluntary commitment", "Promises made without a legal duty."),
        Term(
            "memorandum-of-understanding",
            "Memorandum of understanding",
            "An arrangement between governments or agencies, as a rule not binding.",
        ),
        Term("strategy", "Strategy", "A plan of aims and measures."),
        Term("guidelines", "Guidelines", "Advice on how to act."),
    ),
)

INSTRUMENT_BINDING = Vocabulary(
    name="instrument-binding",
    label="Binding force of an instrument",
    definition="Whether a text binds in law.",
    terms=(
        Term("binding", "Binding", "It binds in law."),
        Term("non-binding", "Not binding", "It does not bind in law."),
        Term("mixed", "Mixed", "Some of it binds in law."),
    ),
)

INSTRUMENT_STATUSES = Vocabulary(
    name="instrument-statuses",
    label="Status of an instrument",
    definition="Where a text stands between draft and end.",
    terms=(
        Term("draft", "Draft", "Not adopted yet."),
        Term("adopted", "Adopted", "Adopted; not in force, or of a kind that has no such day."),
        Term("in-force", "In force", "It has effect."),
        Term("repealed", "Repealed", "Ended by those who made it or by their successors."),
        Term("superseded", "Superseded", "Replaced by a later text."),
        Term("expired", "Expired", "Ended on a day that it laid down itself."),
        Term("vetoed", "Vetoed", "Passed, and stopped by whoever has the right to."),
    ),
)

PARTICIPATION_ACTIONS = Vocabulary(
    name="participation-actions",
    label="Acts of participation",
    definition="What an actor did about an instrument.",
    terms=(
        Term("signed", "signed", "Put its signature to the text.", UN_TREATY_GLOSSARY),
        Term(
            "ratified",
            "ratified",
            "Consented to be bound, after it had signed.",
            VIENNA_CONVENTION,
        ),
        Term(
            "acceded",
            "acceded",
            "Consented to be bound without having signed.",
            VIENNA_CONVENTION,
        ),
        Term(
            "accepted",
            "accepted",
            "Consented to be bound by an instrument of acceptance.",
            VIENNA_CONVENTION,
        ),
        Term(
            "approved",
            "approved",
            "Consented to be bound by an instrument of approval.",
            VIENNA_CONVENTION,
        ),
        Term(
            "succeeded",
            "succeeded",
            "Stepped into the obligations of a predecessor state.",
            UN_TREATY_GLOSSARY,
        ),
        Term("endorsed", "endorsed", "Backed a text that does not bind in law."),
        Term("voted-for", "voted for", "Voted for the text."),
        Term("voted-against", "voted against", "Voted against the text."),
        Term("abstained", "abstained", "Was present and voted neither for nor against."),
        Term("declined", "declined", "Was present or was asked, and did not join."),
        Term("withdrew", "withdrew", "Left."),
        Term("unsigned", "unsigned", "Took a signature or an endorsement back."),
        Term(
            "reserved",
            "made a reservation",
            "Excluded or changed the effect of a part of the text for itself.",
            VIENNA_CONVENTION,
        ),
    ),
)

EVENT_TYPES = Vocabulary(
    name="event-types",
    label="Types of event",
    definition="What kind of event it is.",
    terms=(
        Term("summit", "Summit", "A meeting of leaders or ministers."),
        Term("meeting", "Meeting", "Any other meeting or conference."),
        Term("negotiation-round", "Negotiation round", "A round of talks on a text or question."),
        Term("announcement", "Announcement", "Something was made known."),
        Term("publication", "Publication", "Something was published or released."),
        Term("vote", "Vote", "Something was put to the vote."),
    ),
)

SOURCE_TYPES = Vocabulary(
    name="source-types",
    label="Types of source",
    definition="What kind of publication a source is.",
    terms=(
        Term("article", "Article", "An article of no other kind, such as a preprint.", CSL),
        Term("article-journal", "Journal article", "An article in a scholarly journal.", CSL),
        Term("article-newspaper", "News article", "An article of a newspaper or agency.", CSL),
        Term("report", "Report", "A report or working paper of an institution.", CSL),
        Term("book", "Book", "A book.", CSL),
        Term("chapter", "Chapter", "A part of a book.", CSL),
        Term("webpage", "Web page", "A page on the web of no other kind.", CSL),
        Term("post-weblog", "Blog post", "A post on a blog or in a newsletter.", CSL),
        Term("legislation", "Legislation", "A law, resolution or regulation.", CSL),
        Term("treaty", "Treaty", "The text of a treaty, or its status list.", CSL),
        Term("bill", "Bill", "A law before a legislature.", CSL),
        Term("speech", "Speech", "A speech or statement.", CSL),
        Term("interview", "Interview", "An interview.", CSL),
        Term("broadcast", "Broadcast", "A radio or television programme, or a podcast.", CSL),
        Term("dataset", "Dataset", "A dataset or database.", CSL),
        Term("paper-conference", "Conference paper", "A paper given at a conference.", CSL),
    ),
    source=CSL,
)

FIGURE_METRICS = Vocabulary(
    name="figure-metrics",
    label="Figures",
    definition="What a figure counts.",
    terms=(
        Term("budget", "Budget", "What is to be spent in the year or period."),
        Term("staff", "Staff", "People employed."),
        Term("members", "Members", "States, organisations or persons that are members."),
        Term("users", "Users", "People who use it or take part in its work."),
        Term("construction-cost", "Construction cost", "What it costs to build."),
        Term(
            "contribution-share",
            "Share of contributions",
            "The part of all contributions that this entry pays.",
        ),
    ),
)

FIGURE_UNITS = Vocabulary(
    name="figure-units",
    label="Units",
    definition="What figures are counted in; money in its currency.",
    terms=(
        Term("persons", "persons", "People."),
        Term("states", "states", "States, and unions of states that count beside them."),
        Term("organisations", "organisations", "Institutions, companies and other bodies."),
        Term("percent", "per cent", "Hundredths."),
        *CURRENCIES,
    ),
)

IDENTIFIER_SCHEMES = Vocabulary(
    name="identifier-schemes",
    label="Identifiers",
    definition="Registers in which an entry has a number of its own.",
    terms=(
        Term("wikidata", "Wikidata", "Item of Wikidata: Q42944.", "Wikidata"),
        Term("ror", "ROR", "Research Organization Registry: 01ggx4157.", "ROR"),
        Term("iso3166", "ISO 3166", "Two-letter code of a country: CH.", "ISO 3166-1"),
        Term("doi", "DOI", "Digital object identifier: 10.1000/182.", "ISO 26324"),
        Term("celex", "CELEX", "Number of a text of EU law: 32024R1689.", "EUR-Lex"),
        Term(
            "federal-register",
            "Federal Register",
            "Document number of the US Federal Register: 2023-24283.",
            "US Federal Register",
        ),
        Term("lei", "LEI", "Legal entity identifier: 20 letters and digits.", "ISO 17442"),
        Term("isni", "ISNI", "International standard name identifier: 16 digits.", "ISO 27729"),
        Term("orcid", "ORCID", "Identifier of a researcher: 0000-0002-1825-0097.", "ORCID"),
        Term("bill", "Bill", "Number of a bill in its legislature: SB 53 (2025-2026)."),
    ),
)

VOCABULARIES = (
    TOPICS,
    LINK_RELATIONS,
    FUNCTIONS,
    DESIGN_DIMENSIONS,
    PROPOSAL_FORMS,
    PROPOSAL_STAGES,
    SCOPES,
    PROPOSED_BINDING,
    STANCES,
    ARGUMENT_SIDES,
    ACTOR_TYPES,
    BODY_TYPES,
    BODY_STATUSES,
    MEMBERSHIP_ROLES,
    INSTRUMENT_TYPES,
    INSTRUMENT_BINDING,
    INSTRUMENT_STATUSES,
    PARTICIPATION_ACTIONS,
    EVENT_TYPES,
    SOURCE_TYPES,
    FIGURE_METRICS,
    FIGURE_UNITS,
    IDENTIFIER_SCHEMES,
    COUNTRIES,
    FORMER_COUNTRIES,
    CURRENCIES,
)
"""All of them, in the order in which they are listed in public."""
