<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>AlarmCounter</name>
    <message>
        <source>Priority {number}: {count}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AlarmShape</name>
    <message>
        <source>Priority {number}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ArrivalBands</name>
    <message>
        <source>dashed: promise · band: P10 to P90</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no forecast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>AuditPanel</name>
    <message>
        <source>Audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audited decisions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason, note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>newest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not loaded: {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Decisions, overrides and sign-ins are listed here as they happen.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was decided yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} entries in the tree · root {root}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>signed {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not signed yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CommandBar</name>
    <message>
        <source>next, previous</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>override</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accepted proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo: {verb} {order}, {time}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CommandLine</name>
    <message>
        <source>Command line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command line, key /</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ComparisonTable</name>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>worse</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConditionBanner</name>
    <message>
        <source>Signed out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Disconnected for {age}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shown: {time}. Tried again by itself. Commands are off until then.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{source} does not answer for {age}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConfidenceMark</name>
    <message>
        <source>not measured yet</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>The invitation has no address for {transport}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not signed in: {why}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DeskBar</name>
    <message>
        <source>Tower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Active</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On time 60 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free drivers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alarms / 10 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} · {role}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>oldest {age}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goal {percent}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>goal ≤ {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>data {age} s old</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>over {transport}, {address}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DeskCommands</name>
    <message>
        <source>Nothing is proposed for {order}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No driver is proposed for {order}. Override it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepted: {order}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select an order to override.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not possible: {order} is under way or ended.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select an order to hold.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{order} is held for 2 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to acknowledge.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Acknowledged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing to undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>override</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>accepted proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undone: {verb} {order}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not done: the desk is disconnected. Commands are not kept for later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not done: {why}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ExceptionsPanel</name>
    <message>
        <source>Exceptions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Subject and cause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Act within</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Street engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{shown} of {total} · priority {number} only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{total} open · {unseen} new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing of priority {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The filter hides {count} exceptions.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing needs you</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} orders on track</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New order waits: Home</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeysSheet</name>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Single letters act while a list, a card or the map has the focus.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>next, previous</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>zoom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>whole area</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>follow the vehicle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>back, close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The command line takes the same commands, and an id alone finds it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LiveMap</name>
    <message>
        <source>carrying</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to pickup</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>free</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stale fix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>m</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>km</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LiveMapPanel</name>
    <message>
        <source>Live map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All routes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all zones · {count} vehicles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, {count} with stale position</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Positions are {age} old. Not moved by guess.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as of {time}, not live</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LoadingBlocks</name>
    <message>
        <source>Loading</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Tower, {city}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No streets: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Overridden: {order}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModalSheet</name>
    <message>
        <source>Close, Esc</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OrderBoardPanel</name>
    <message>
        <source>Order board</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Risk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Promise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>P10–P90</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vs promise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Driver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stops before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Position age</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} active · latest first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no forecast</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverrideChoice</name>
    <message>
        <source>Driver by name or number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drivers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nobody on shift is called so.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Driver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arrives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vs promise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why, why not</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverrideImpact</name>
    <message>
        <source>Effect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Customers affected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Order</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Customer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Promise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vs promise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Risk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re-planned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>required, goes to the audit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reason</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>counting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Effect until {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All orders touched, compared with the first column.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{affected} of {active} active orders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a reason.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“Other” needs a note.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note, required</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OverrideSheet</name>
    <message>
        <source>Another driver</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Z takes it back by a new, recorded change.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not counted: {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not done: {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commit as is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commit re-planned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Committing…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The plan changed. Counting again…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not connected: nothing can be committed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PressurePanel</name>
    <message>
        <source>Zone pressure</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drivers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Queue</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zones and quarters of an hour</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>act at {limit}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>1 cell = 15 min · right of now: forecast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not counted yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zones are drawn by an administrator.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No zones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>short (+) or spare (−)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>orders waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>as of {time} · {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drivers short: {short}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>, oldest {duration}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecommendationCard</name>
    <message>
        <source>Alternatives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>arrives</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vs promise</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>why, why not</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecommendationFoot</name>
    <message>
        <source>Accept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Override</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold 2 min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why not now? Esc goes back.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecommendationPanel</name>
    <message>
        <source>Recommendation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Accepting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Putting off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not done: {sentence}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changed at {time}, look again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>for {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} proposals wait</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select an order to judge its proposal.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the oldest</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The platform decides by itself. Select an order to see what is in force.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing needs you</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReportSheet</name>
    <message>
        <source>The desk made a mistake</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It goes on, and nothing was sent that you did not send. The details are in its log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SignIn</name>
    <message>
        <source>Tower, sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remember on this desk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file cannot be read: {why}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>tower1:…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Invitation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in to Tower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paste the invitation that your administrator gave you.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connect over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whoever has this file can sign in as you; only this user can read it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connecting to {address}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It starts with “tower1:” and is one line. Treat it like a password.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name}, {role}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ZeroMQ, control room</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WebSocket, elsewhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose an invitation</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TermBars</name>
    <message>
        <source>Other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>saves</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>costs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>min</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TimelinePanel</name>
    <message>
        <source>Time line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select an order to see what happened to it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>order time line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>order time line · {count} entries</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} · shift and route</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>formatting</name>
    <message>
        <source>{seconds} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{hours} h {minutes:02d}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>map_shapes</name>
    <message>
        <source>balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} short</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} spare</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>row_order</name>
    <message>
        <source>{count} new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} moved</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{count} gone</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>stages</name>
    <message>
        <source>On track</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At risk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Late</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Low</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Good</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>High</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
