<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
    <context>
        <name>AboutSheet</name>
        <message>
            <source>About Tower</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A dispatch control room. Apache License 2.0.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Licences</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Copy the versions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>copied</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
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
            <source>dashed: promise · hatched: wider than usual</source>
            <translation type="unfinished"></translation>
        </message>
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
        <message>
            <source>{arrival}, usually {usual}</source>
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
            <source>Closed: {place}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overridden: {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Undo: {verb} {order}, {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{words}. Told in {seconds} s, until then without a trace</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shown: {place}</source>
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
            <source>{source} {trouble} for {age}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Details</source>
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
        <name>CoverageSheet</name>
        <message>
            <source>Everything</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Listed by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Coverage by slice</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Goal: the 80 % interval holds in {all} of all, in {slice} of a slice of 500 forecasts and more. (1) 0.6 of present and 0.4 of usual speed, (2) street engine alone, (3) usual speed of the hour.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>By</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Slice</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Forecasts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Held, 50 to 100 %</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Goal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Early</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Width</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Error</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Of the last 7 days, as of {time}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing came out yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Forecasts are counted when their vehicle arrives. Until then intervals are wide on purpose.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not loaded</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not counted anew: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>How forecasts of arrivals came out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>goal {goal}, {verdict}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>of {count} forecasts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Within the 80 % interval</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Interval, on average</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} forecasts, {width} wide</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>At cold start</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>intervals follow arrivals</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>wide on purpose</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Intervals</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{seconds} s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Error, on average</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Model</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cannot be read</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>street engine stands in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>None yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>trained on {days}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>DepotForm</name>
        <message>
            <source>Point on the map</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not written down</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>all day</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody: whoever is free drives</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Where is it? Write an address and press Enter, or point on the map.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Loading an order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No place is called {words}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Found: {place}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a street, a place, or -29.90453, -71.24894</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>all day; or 06:00-20:00</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>one driver a line: D-042 V-042 08:00-16:00
nobody: whoever is free drives</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Crew</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Address</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Open</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Crew: driver, vehicle, hours</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>DepotsSheet</name>
        <message>
            <source>Save</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>New</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Retire</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Id</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>When</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depots</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Closing times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Units of loads</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What is arranged</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arranged so far</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Units of loads, one a line</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>one unit a line, beside litres and kilograms: pallets: Pallets</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>litres and kilograms alone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depots and waves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Withdraw</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Where scheduled orders start, and who drives from there.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>When waves close, and what each takes. Waves that closed already go on as they are.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What loads are counted in, beside litres and kilograms.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>all day</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Only administrators change these.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Asking …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrange waves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Saved.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No longer used.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done: {why}</source>
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
        <message>
            <source>Opening the desk</source>
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
            <source>Settings, Ctrl+,</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Find and do, Ctrl+K</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Light theme, Ctrl+T</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Dark theme, Ctrl+T</source>
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
            <source>Select an order to take out of its trip.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not possible: {order} has no driver, is under way or ended.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Select an order whose driver’s stops are to change.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not possible: {order} has no driver or ended.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} has one stop left: there is no order to change.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Select an order to hold.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order} is held for {minutes} min</source>
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
            <source>1 order on track</source>
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
        <name>FenceEditor</name>
        <message>
            <source>the new fence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{name} is not saved.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Discard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stay</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Save the fence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Saved: {name}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Retire {name}? It stops counting at once; {count} vehicles are inside.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Retire</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Keep</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Retire the fence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Retired: {name}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>FenceExchange</name>
        <message>
            <source>Not read: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not read: {name} is larger than 1.5 MB.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Looking at {name} …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Draw {count} fences of {name}? Those of the same id are drawn anew.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Draw them</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Leave</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting for the service …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drawn: {count} fences</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing drawn: there is no fence in the file.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing drawn: {bad} of {all} features are bad.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not written: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Written: {name}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>GeoJSON (*.geojson *.json);;KML (*.kml)</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Bring fences in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take fences out</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>FenceForm</name>
        <message>
            <source>Along streets</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>m</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Radius</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Width</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Leave margin</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Confirmed by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>fixes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Fixes no worse than</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stays after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Speed limit</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>km/h</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>always; or mon-fri 08:00-18:00</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>every vehicle; or vans, night</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Purpose</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Told of</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Hours</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Groups</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Who is told</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{field}: a number is wanted, in {unit}.</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>FenceList</name>
        <message>
            <source>Fences</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No fence here</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Draw one with the buttons below, or change the filter.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Bring fences in from a file</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take fences out into a file</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Purpose</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Inside</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>name or purpose</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Find a fence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} in force</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>FencePanel</name>
        <message>
            <source>Fence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Save</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Retire</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Add a hole</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Undo</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Redo</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No fence in hand</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Choose one at the left or on the map, or draw a new one.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>New fence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting for the service …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cannot be saved: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>new</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not saved</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>as saved</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>FenceTrial</name>
        <message>
            <source>Crossings in the last 7 days, with this shape</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Of the shape before.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Counted once the shape is whole.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Changed since; counted again in a moment.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Counting …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not counted: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Looking for the way along streets …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No way along streets: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{entered} in, {exited} out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{figure}, {dwelt} stays</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at least; {vehicles} of {all} vehicles, {fixes} fixes. Counting on …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{vehicles} vehicles, {fixes} fixes; counted {time}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>ForecastChart</name>
        <message>
            <source>{words}, usually {usual}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{words}, customer told</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>forecast at {made}: {low_high}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>forecast at {made}: {arrival}, {low_high}, {versus} min</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>ForecastPanel</name>
        <message>
            <source>Predicted arrival</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No order selected</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Select an order to see how its forecast moved.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not loaded</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No forecast yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It is forecast as soon as streets know a way to the door.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order} · customer told once</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order} · customer told {count} times</source>
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
            <source>Everywhere</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The command line and the palette take the same commands.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>back, close</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>LayoutKeeper</name>
        <message>
            <source>Moved to a screen that is there: {titles}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The saved layout could not be read. The panels stand where they were at first.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The saved layout does not fit this version. The panels stand where they were at first.</source>
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
            <source>off</source>
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
            <source>Waves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>what an override would change, not live plans · Esc goes back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>all zones · 1 vehicle</source>
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
            <source>, {count} off</source>
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
            <source>{panel} stopped. Everything else goes on.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No streets: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What would change is on the map. Esc goes back to the preview.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Click where the depot is. Esc goes back without.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Click the street. Esc goes back without.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Which driver? Type the number after the order.</source>
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
        <name>MoveCues</name>
        <message>
            <source>Moves of idle drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Move</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stay</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Telling {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Dismissing</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done: {sentence}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody needs to move</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No zone will lack a driver in half an hour whom another one can spare.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{zone} lacks {short} drivers at {time}; {away}, {way} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>gains {minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>was told, on the way</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{start} → {goal}</source>
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
        <message>
            <source>silent {age}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>off {age}</source>
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
            <source>Away</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>km</source>
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
        <message>
            <source>waits for a driver of its own</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody yet</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>OverrideFoot</name>
        <message>
            <source>Cancel</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drivers and customers are told {seconds} s after it; until then Ctrl+Z leaves no trace.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ctrl+Z takes it back by a new, recorded change.</source>
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
            <source>Customers affected, on the map</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Map</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On the live map</source>
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
            <source>List</source>
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
        <name>OverrideLedgerSheet</name>
        <message>
            <source>No overrides yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What people decide otherwise is listed here.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposals, {count} open</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposals</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides and how they turned out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What the other choice would have come to, by an estimate; what really came beside it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What overrides speak for. Nothing of it holds before a supervisor accepts it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late minutes over all orders of the plans put in force. It says what happened, not whose doing.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reason</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Person</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone of the order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Counted by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides, newest first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides counted together</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Outcomes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Regret</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What is shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Decided</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Change</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>To</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Recommended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Who</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reason, note</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Expected</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Otherwise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Came</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Surprise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>In times shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promises broken</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{late} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{ended} of {touched} ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{within} of {reached}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>OverrideSheet</name>
        <message>
            <source>Say why: choose a reason, or write a note.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Close</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done: {sentence}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Close without a preview</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Back to the stops</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Another driver</source>
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
        <name>OverrideStops</name>
        <message>
            <source>Stops, in order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Show what it does</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Alt+↑ and Alt+↓ move a stop, or drag it. Enter shows what it does.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stop</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Where</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Planned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Moved</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The stops changed. Look again.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The stops are as planned. Move one first.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order} is picked up before it is delivered.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The driver is at the first stop. It stays first.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Delivery</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>stays first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>was {place}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>Palette</name>
        <message>
            <source>Find and do</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Commands, orders, drivers, vehicles, zones, streets. Enter does it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Find</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a few letters of it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Found</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing is called so</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the selected order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>vehicle</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>street</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>quarter</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>address</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>place</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>PasswordEntry</name>
        <message>
            <source>Service</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Password</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>PolicySheet</name>
        <message>
            <source>Change</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tower's own values</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Whole city</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Changing …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Change the policy</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Holds for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Find a value by its name, unit or help</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Find a value</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Why? It stands in the log of decisions.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reason</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{least} to {most}; Tower comes with {own}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Holds in the whole city</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A zone may have its own; improving plans weighs the whole city’s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A zone may have its own; who gets which order of a round weighs the whole city’s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No value has “{words}” in its name, unit or help. Esc shows all again.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Dispatch policy</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>this zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>whole city</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>set here</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What decisions weigh, and where they stop. Nobody has changed anything yet.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What decisions weigh, and where they stop. Change {number}, {time}, by {person}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A supervisor or an administrator changes these.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Write another value to change it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Changed. It holds from the next round on.</source>
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
            <source>Moves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zones and quarters of an hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Moves {count}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>idle drivers</source>
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
        <name>ProposalsView</name>
        <message>
            <source>Accept</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reject</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No proposals</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A change of the policy is proposed when several overrides of one kind did better.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposed policy changes, newest first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reason</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Why? Needed to reject or take back; it stands in the log of decisions.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Made</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Value</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Holds for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Change</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Would agree</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Would turn</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>State</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{part} of {whole}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Whole city</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{where}, {value}: {change}, because {rule}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A supervisor or an administrator decides on it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing changes until it is accepted. What is rejected comes again on twice the overrides.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{state}, {time}, by {person}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Accept a proposal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reject a proposal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take a policy change back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Deciding …</source>
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
            <source>1 proposal waits</source>
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
        <name>RecoverySection</name>
        <message>
            <source>What can be done</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take it back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What can be done · Enter does the first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late  ·  Broken  ·  To tell</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing stands at this number. Select an exception that something helps.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Select what the platform did by itself.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The options have just changed. Look again.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done: the desk is disconnected. Commands are not kept for later.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Looked at</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No options: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not connected: nothing can be chosen.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Under way…</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Counting…</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing can be done about it now.</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>RegretView</name>
        <message>
            <source>Regret counted together</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Regret of each override, newest first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>An estimate: once the orders have ended, the state of that moment is played on with either choice, against the orders that really came. Minus: overriding did better.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Where a place was closed, the other choice is to leave it open, supposing that it could have been driven into. What it was closed for, such as a flood, is not in the model.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{better} of {estimated}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Estimated</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Did better</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late, mean</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customers wait, mean</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Money, mean</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Decided</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>To</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Recommended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reason</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Came late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Played late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customers wait</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Money</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>closed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>left open, if passable</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{chosen}, other {other}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{times} of {draws} draws</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>ReplayBar</name>
        <message>
            <source>Back to live</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Replay</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not live · {behind} behind · nothing here can be commanded</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not live · not shown: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Live: 1 priority 1 alarm</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Live: {count} priority 1 alarms</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>ReplayView</name>
        <message>
            <source>Map as of {time}</source>
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
        <message>
            <source>Save the report</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not saved: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Saved: {path}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>RhythmForm</name>
        <message>
            <source>everywhere</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>none</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>First loading after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Takes what is promised within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>There is no depot {word}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>There is no zone {word}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>names or ids: Depot North, DP-2</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>everywhere; or Centro, La Pampa</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>none; or 12:00-14:00 30 min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depots</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Closes at</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Doors in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>h</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Breaks</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Mon</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tue</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Thu</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Fri</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Sat</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Sun</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>Rulings</name>
        <message>
            <source>{order} stays with {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pin</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order} may change hands again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Unpin</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order} is released</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Release</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Which driver? Type the number after the order.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Say why: add # and the reason.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} is kept from {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Forbid</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} may have {order} again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Allow</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Which driver? Type the number.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} is out of planning; what is on board is delivered</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} is planned with again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Bring back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} begins a break within {windows}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} takes the break that the policy says</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Plan a break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Look a street or place up first: type its name.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{zone} is closed until {time}; nothing new is planned there</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Close</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Closed until {time}: {street}; ways lead round it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing is closed there.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Open</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It is open again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Select an order first.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the street at {place}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>SettingsSheet</name>
        <message>
            <source>Settings</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>They hold for this desk, at once, whoever signs in.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Forget it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>forgotten</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Invitation</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Removes the invitation remembered on this desk. The next start asks for one; you stay signed in.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reset the layout</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Panels</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Puts the panels of this workspace back where they were at first.</source>
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
            <source>Name and password</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Connect over</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Keeps it in a file that only this user can read. Whoever has it can sign in as you.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Asking {service}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Connecting to {address}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>With the name and password that your administrator gave you.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Paste the invitation that your administrator gave you.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The password goes to the service only, encrypted or within this machine.</source>
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
        <name>SourcesSheet</name>
        <message>
            <source>Sources, the degraded first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Silent: nothing comes although it should. Off: the device itself said so; it is not missed. Enter shows the driver.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Source</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>State</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Age</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Limit</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What it means</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{well} of {all} as they should be</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Sources</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>StoppedPanel</name>
        <message>
            <source>stopped</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>This panel stopped</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{why}. Everything else goes on.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Restart panel</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Show the report</source>
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
        <name>TimeSlider</name>
        <message>
            <source>Time</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>TimeStrip</name>
        <message>
            <source>Time</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Play</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Previous override</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Next override</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Left Right 10 s · Shift 1 min · [ ] previous, next override</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pause</source>
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
            <source>order time line · 1 entry</source>
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
        <name>WaveSheet</name>
        <message>
            <source>Release</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Send back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Send back without the driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take release back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Show on the map</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depots and closing times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No waves yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Orders of a depot are planned together when its wave closes. Administrators set depots and times.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Release a wave</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Released: {wave}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Send a wave back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Sent back: {wave}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take a release back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken back: {wave}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waves, the newest first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Routes of the plan</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stops of the selected route</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Orders without a place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reason</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Why? Needed to send back or take back; it stands in the log of decisions.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting for release: {waits}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Every order has a place.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Without a place: {count}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{wave} is being planned. Until its plan is found, its orders wait.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{wave}: {state}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{wave}, plan {number}: {plan}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source> · driving times estimated without streets</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source> · last: {note}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stops of {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Send back without {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Say why first.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Asking …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done: {why}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>WhyNotSheet</name>
        <message>
            <source>Preview giving it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Why not {driver}?</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>For {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Asking …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>For {order}, as of {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cannot take it now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Could take it; {driver} is better</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{minutes} min in all, {money}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No answer: {why}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>audit</name>
        <message>
            <source>the platform</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Unknown to this version: {type}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source> </source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>decided by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a person is asked</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal accepted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal put off</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Acceptance taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken back: {what}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>saves {minutes} min of driving, {km} km</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Better plan: {moves}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Better sequence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Exception acknowledged</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Assigned to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reassigned to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken from {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Held until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Hold ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pinned to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pin taken away</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} kept from it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} allowed again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>as {role}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Signed in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Access granted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver taken out of planning</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver brought back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Break planned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} zones drawn</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>zones</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Fence drawn</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Opened again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Fence retired</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driving policy set</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driving</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Street closed until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone closed until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{value} taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>whole city</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Policy: {changes}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{role}, until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrivals forecast by a newly trained model</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrivals forecast by a model that {person} chose</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrivals forecast by the model that was found</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>off by {seconds} s, {percent} % within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>before {seconds} s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Move to {zone} proposed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>lacks {short} drivers, gains {minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>by itself, as the policy says</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver told to wait elsewhere</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Move dismissed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Plan {number} of a wave released</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Plan {number} of a wave sent back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Release of a wave taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depot set up</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depot retired</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wave rhythm set</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wave rhythm withdrawn</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Units of loads set</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>chart</name>
        <message>
            <source>arrived {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>now {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{time}, {versus} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>promise {time}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>closures</name>
        <message>
            <source>closed until {time}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>commands</name>
        <message>
            <source>accept</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>override</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>take out of a shared trip</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>stops in another order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>hold 2 min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>end a hold</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>keep with its driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>let it change hands</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>keep a driver from it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>allow a driver again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>take a driver out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>bring a driver back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>plan a break of a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>close a zone or a street for a while</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>open what was closed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>do what can be done</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>take a recovery back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>acknowledge</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>undo</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>command line</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>find</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>show on map</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>zone pressure</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moves of idle drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order board</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>log of decisions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>next panel</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>previous panel</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>change transport</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>keys</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>find and do</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>dispatcher's panels</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>supervisor's panels</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>administrator's panels</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>reset the layout</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>light or dark</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>settings</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>dispatch policy</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>how overrides turned out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>waves of scheduled orders</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>depots, closing times, units</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>how forecasts came out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>sources and their age</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>why not another driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>how a forecast moved</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>draw geofences</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>replay a past moment</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>about, versions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>what can be done about it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>next, previous</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>newest first, take in what waits</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accept the proposal, else do the first that can be done</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>do what stands at this number</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>take back what the platform did</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>take the filter away</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>open</source>
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
            <source>move the map</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>walk the cells</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>drivers, queue or moves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accept, or override with the one compared</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>compare alternatives</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>scroll</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>walk the forecasts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the first one</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>older entries</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>coverage</name>
        <message>
            <source>wide on purpose</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>too few to judge</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not met, too narrow</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not met, too wide</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>met</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>All</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Horizon</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cold start</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>all calibrated forecasts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>before calibration</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>outside the zones</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Calibrated</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not yet calibrated</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{share} less than the best plain one</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{share} more than the best plain one</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>desk_menu</name>
        <message>
            <source>Close a street for a while …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Close the street here for a while</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take out of planning</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Bring back into planning</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Plan a break …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Close for a while</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Open again</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>desk_settings</name>
        <message>
            <source>Off</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Theme</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Dark</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Light</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Dark for rooms with little light, light for bright ones. Takes effect at once, also on the map.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Connect over</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As invited</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ZeroMQ</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>WebSocket</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ZeroMQ inside the control room, WebSocket through proxies. Used at the next sign-in.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reduce motion</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Vehicles jump from fix to fix, and new alarms do not pulse.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Settings not kept: {why}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The settings could not be read ({why}); the defaults are used. {aside}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The file is now {name}.</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>fence_shapes</name>
        <message>
            <source>never counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>counts from {time}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>fences</name>
        <message>
            <source>Depot</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Restricted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>School</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Other</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Polygon</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Circle</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Corridor</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Coming in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Going out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Both ways</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Click to place corners. The first corner, a second click or Enter ends the ring.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Click the middle of the circle.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Click to place points along the way. A second click or Enter ends it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drag the middle, or the handle at its edge.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drag corners, or the middle of an edge for a new one; the right button takes one away. Keys: [ ] choose, Alt+arrows move, Insert, Delete.</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>forecast_course</name>
        <message>
            <source>to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>picked up</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at the door</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>delivered</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not delivered</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>cancelled</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>If nothing changes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} takes it</source>
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
        <name>forms</name>
        <message>
            <source>{label}: write a number.</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>in_force</name>
        <message>
            <source>Assigned to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>With {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moved to {driver} when {order} was overridden, {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} · as recommended at {time}, {kept}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source> · accepted by {who}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} · since {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} · by the platform at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} · override by {who} at {time}: {reason}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ended at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No driver yet, waiting {duration}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Held</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Put off</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not told yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>drivers and customer at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pinned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>stays with {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Kept from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>State</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accepted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not answered yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrives</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{minutes} min, {risk}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>P10–P90</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>refused once</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>refused {times} times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ready since {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ready at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>until brought back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{duration} left</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{duration} over</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shift ends</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{litres} l, {kilograms} kg</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Vehicle</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Position</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>In hand</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nothing</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>free at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} stops, {distance}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Route</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Skills</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On a break until</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Planned break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>never heard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{age} old</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no signal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>device says off</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>learning</name>
        <message>
            <source>override less recommendation {amount}, {draws} draws, seed {seed}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Regret estimated</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Regret not estimated</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>rests on {count} overrides</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Policy change proposed: {change}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal of a policy change accepted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal of a policy change rejected</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposed policy change taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal of a policy change overtaken</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>whole city</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>line_reader</name>
        <message>
            <source>Nothing to do.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>More than one command starts so: {verbs}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>“{word}” is no command and no id.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a command, or an order, driver, vehicle, zone or street</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Which driver? Type the number.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Which zone? Type its name, or here for the place that you looked up.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>There is no zone {word}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Which order? Type its number, or select one first.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>There is no order {word}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>There is no driver {word}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing is called {word}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>“{word}” could be {choices}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Connect over which transport: {choices}?</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>“{word}” is no time of day. Type one like 13:48 or 13:48:20.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>“{word}” is no window. Type one like 12:30-14:00.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>For how many minutes? Type a number after the window.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>When? Type a window and minutes, such as 12:30-14:00 30, or none.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>“{word}” is no number. Type that of the option, such as 2.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>“{word}” is no number of minutes. Type one, such as 20.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tab for {verb}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver or Tab for the recommended {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>minutes; 2 without</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source># note</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order, or this</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order, or this; then minutes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver, then a window and minutes such as 12:30-14:00 30, or none</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>zone, or here; then minutes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order, driver, vehicle, zone, street or place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>time of day, such as 13:48:20</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>number of the option; the first without</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>map_shapes</name>
        <message>
            <source>{detail} · {count} more here</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} at {place}</source>
            <translation type="unfinished"></translation>
        </message>
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
        <name>names</name>
        <message>
            <source>the street at {place}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{degrees} N</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{degrees} S</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{degrees} E</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{degrees} W</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Assigned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>At pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On the way</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>At the door</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Delivered</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Failed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>off shift</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>free</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>busy</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>paused</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>dispatcher</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>supervisor</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>administrator</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>device</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>platform</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>override</name>
        <message>
            <source>Override: give {order} to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: the stops of {driver} in another order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: take {order} out of its shared trip, to wait</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: take {order} out of its shared trip, for {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take {driver} out of planning until brought back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Take {driver} out of planning for {minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Close {place} for {minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Hold {order} for {minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Keep {driver} from {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing changes before you commit.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Until {time}, compared with the present plan. Nothing changes before you commit.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing is recommended, the comparison is with the present plan. Nothing changes before you commit.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The best other driver is {driver}. Nothing changes before you commit.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Instead of the recommendation, {driver}. Nothing changes before you commit.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Present plan</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nothing moves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the best other driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the platform’s plan</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Recommendation</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the same stops, driven round it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>your change, nothing else moves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As is</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Re-planned around it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>your change, the rest re-optimised</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>what you committed on</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promises broken, of {count} touched</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late minutes, all customers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Longest delay, one customer, min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driving, km</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver time, h</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cost, {currency}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drivers with a changed plan</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customers to be told</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Trying the streets without it: a second or two, longer in a large city. Esc leaves it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not counted: {sentence}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{words} It can be closed without a preview, or try again.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not possible: {reasons}. Choose another driver.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not possible: {reasons}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Will be told</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Told only if as is</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Told only if re-planned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not needed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It moved: {moved}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not done, it moved: {moved}. This is what holds now; Enter commits it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the outcome is another one</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Calculated {time} on plan {plan}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Still true {seconds} s ago.</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>override_record</name>
        <message>
            <source>Override: the stops of {driver} in another order, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: out of its shared trip, to wait, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: out of its shared trip, to {driver}, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: {driver} kept from it, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: {driver} taken out of planning, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: {place} closed until {time}, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: held for {minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override: to {driver}, {mode}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Closing taken back: {place}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Override taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>shown on plan {shown}, decided on plan {decided}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>phrasebook</name>
        <message>
            <source>Local knowledge</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver asked</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customer asked</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Vehicle or bag</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Safety</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Other</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>another driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order of stops</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>out of its trip</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver kept from it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver taken out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>zone closed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>street closed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order held</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>as is</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>re-planned around it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>very likely</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>likely</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>more likely than not</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>uncertain</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>unlikely</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>promise kept: {words}, about {share}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting for news</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Calling the driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pickup is late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Best total, {lead_min:.1f} min ahead of {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Chosen with the round's other orders: alone, {driver_id} would be {minutes:.1f} min better</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On a trip of its own: {driver_id}, who is under way, would be {minutes:.1f} min better, and an order joins a trip only for more than {limit:.1f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Chosen by what whole trips take: for it alone, {driver_id} would be {minutes:.1f} min better</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Behind {orders} others: more is waiting than the drivers at work get to soon</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The only driver who can take it now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The only one left: the others who can take it get other orders</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrives {slack_min:.0f} min before the promise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nearest, {distance_km:.1f} km away</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Almost on the way, {extra_km:.1f} km more</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shares the trip with {orders}, {saved_min:.0f} min less driving than one after the other</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promise {percent:.0f} % sure together, {alone_percent:.0f} % one after the other</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} arrives {minutes:.0f} min later for it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} would be cheaper, but is needed for {order_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Avoids {minutes:.0f} min of lateness</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} has not been heard for {silent_min:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} is not heard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} has not answered for {waited_min:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No driver can take it now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Says yes to {percent:.0f} of 100 offers at this hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Prepared for a no of {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ends where a driver will be missing in half an hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Leaves a zone that will lack a driver in half an hour, and is best even so</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Costs {minutes:.1f} driver minutes more</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrives {minutes:.0f} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late by {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nearest, {distance_km:.1f} km</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} would be {minutes:.0f} min later than promised</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Delivers {orders} first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Needed for {order_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Position {age_min:.0f} min old</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver not heard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody drives; each minute makes it later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody is asked yet; for {minutes:.0f} min more it makes nothing later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Says yes to only {percent:.0f} of 100 offers at this hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Will be missing there in half an hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not possible</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Has it already</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing speaks against it: the best now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not on shift</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On a break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken out of planning by a person</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drives a wave's route</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{free:.0f} {unit} free, the order needs {needed:.0f}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Kept from this order by a person</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Lacks: {missing}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Refused this order before</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Position {age_s:.0f} s old, limit {limit_s:.0f} s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Position never known</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders in hand, limit {limit}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No way leads there</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{free:.0f} l free, the order needs {needed:.0f} l</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{free:.0f} kg free, the order needs {needed:.0f} kg</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Would end {over_min:.0f} min after the shift</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Planned break {from_at}-{until_at} would begin {over_min:.0f} min too late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders would be on board at once, limit {limit}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Together with {with_id}, {order_id} would be late with {percent:.0f} %; alone it is kept</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The goods are with {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The remaining stops are other ones now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The next stop is under way and stays first</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} would be delivered before it is picked up</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The load does not fit at the pickup of {order_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It shares no trip with another order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody has it yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ruled out by the planner; its check finds no limit</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The trip shared with {orders} is split: {saved_min:.0f} min of driving saved are lost</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It waits for a driver of its own; {driver_id} is kept from it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} is kept from it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Orders that leave {driver_id}: {orders}; what is on board stays</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody gets it for {minutes:.0f} min; then the platform decides again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Orders that wait there: {orders}, for up to {minutes:.0f} min; what somebody has goes on</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Drivers who drive round it: {drivers}; they come up to {minutes:.1f} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No way leads {driver_id} to every stop any more</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody comes later by it; whatever is planned from now on is planned round it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It has ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Picked up by {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Given to {driver_id} since</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pinned to {driver_id} since</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} is on the way to {order_id} and turns round</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No way leads to the door of: {orders}; they are not counted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Times are as wide as it takes for 8 of 10 customers after such changes; of the last {customers}, {percent:.0f} % came within what was shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Times are as wide as it takes for 8 of 10 customers after changes of any kind; of the last {customers}, {percent:.0f} % came within what was shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Times are wide by assumption: {customers} customers have come after changes so far</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{promises} more promises broken than shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{minutes:.0f} min more lateness than shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Dearer than shown by {value}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} arrives {minutes:.0f} min later than shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} arrives {minutes:.0f} min earlier than shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} changes hands otherwise than shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The promise holds with only {percent:.0f} % probability</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} is only {minutes:.1f} min behind</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>High value: {value}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Late by about {minutes:.0f} min even so</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Refused {times} times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} would have {orders} orders in hand</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A person took the last decision back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Takes the order from {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The planner and its check disagree on {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} would be best if free {minutes} min earlier</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} would be best with a promise {minutes} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting up to {minutes} min leaves the promise safe</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting {minutes} min leaves the promise safe</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with {more:.0f} l more room</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with {more:.0f} kg more room</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with a shift {minutes} min longer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with a break that may begin {minutes} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with {orders} fewer in hand</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with {order_id} promised {minutes} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with: {missing}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it once heard again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it once brought back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it once allowed again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it after the break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it with room for {more:.0f} {unit} more</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it without {orders}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it if a person gives it beside the wave's route</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} could take it if a person asks again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with {more:.0f} l more room</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with {more:.0f} kg more room</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with room for {more:.0f} {unit} more</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with a shift {minutes} min longer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with a planned break that may begin {minutes} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also without {orders}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with {order_id} promised {minutes} min later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also with: {missing}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also once heard again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also once brought back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also once allowed again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also after the break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also if a person gives it beside the wave's route</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and also if a person asks again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Street engine is down, times are estimated</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Position {age_s:.0f} s old</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Kitchen, give or take {spread_min:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Kitchen, as a rule {late_min:+.0f} min, give or take {spread_min:.0f} min, as {orders} earlier orders went</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The way, give or take {spread_min:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} next</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} is proposed next, and waits for you</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Asked again when a driver is free</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Assigned by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody is asked by itself; it waits for you</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} keeps it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>late by {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at risk, {percent:.0f} % late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no position for {silent_min:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no position</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>pickup not ready, +{minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>waiting {minutes:.0f} min for a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>planned break overdue by {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>decision needed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>wave of {orders} orders waits for release</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{drivers:.0f} drivers short</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>degraded</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not delivered</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>refused {times} times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{channel} {reading:.1f} {unit}, limit {bound:.1f} {unit} for {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{channel} {state} for {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker switched off, no position for {silent_min:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>SOS {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>SOS {minutes:.0f} min ago, heard of only later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accident {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accident {minutes:.0f} min ago, heard of only later</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>engine fault {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>towed since {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker tampered with {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker jammed {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker cut off from power {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>fuel lost {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver tired {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{speed_kmh:.0f} km/h, limit {limit_kmh:.0f} km/h</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{speed_kmh:.0f} km/h in {fence}, limit {limit_kmh:.0f} km/h</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>engine on while standing for {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>braked at {acceleration:.1f} m/s²</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accelerated at {acceleration:.1f} m/s²</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>cornered at {acceleration:.1f} m/s²</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker says too fast</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker says engine on while standing</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker says harsh braking</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker says harsh acceleration</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tracker says harsh cornering</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>in {fence} for {minutes:.0f} min, which is restricted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>in {fence} for {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver has not answered for {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>stands still for {minutes:.0f} min, no stop there</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{metres:.0f} m beside the planned way</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{minutes:.0f} min slower than forecast</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>cancelled on the way</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>declined {times} times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>refused at the door</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>address not found</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody home</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at the door for {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>recovered by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a supervisor is asked to look</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{who}: {what}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{kitchen}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} said no</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No driver yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A person closed the zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} not heard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Pickup not ready</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} on a break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} has 1 stop before</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 order on board</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 order planned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} has {stops} stops before</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver_id} under way</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders on board</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders planned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promised for {minutes:.0f} min ago</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders wait for {kitchen}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody waits yet</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} waiting, oldest {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Planned {from_at}-{until_at}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders have no place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>every order has a place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Since {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{effect}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{reason}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>With {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>With {driver_id}, position not known</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>With {driver_id}, position {minutes:.0f} min older</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody drives it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Assign to {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reassign to {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wait for a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Call the driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Call the pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tell the customer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Look at the plan: W</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Choose a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Call the driver, or plan it later: Shift+B</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Move {drivers:.0f} from {zone}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Options below</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>U takes it back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>U says that it was looked at</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Other sequence for {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>New way for {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} to {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders to {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders to {drivers} drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} out of the trip, to {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{order_id} to {driver_id} from outside</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders to {driver_id} from outside</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders to {drivers} drivers from outside</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wait {minutes:.0f} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tell {customers} customers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Call {driver_id}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Call {pickup}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Call the customer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ask a supervisor to look</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promises kept: {promises} more; {minutes:.0f} min less late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{minutes:.0f} min less late</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Costs less than waiting</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Times and way fit again where the driver is</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Possible, with no gain</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Who waits hears the time that is expected now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Only the driver knows what is the matter</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Only the kitchen knows when it is ready</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Only the customer can say what to do</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A second look, before more is moved</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Every promise holds as it stands</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As it stands {promises} of the promises breaks, late by {minutes:.0f} min in all</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Goods wait for the driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Lateness risk</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Extra driving</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Orders in hand</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Old position</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting at pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Risk to other promises</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Hand-over</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Goods ride along</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shared trip</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>May say no</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone left short</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>policy</name>
        <message>
            <source>Money</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Goods and drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Offers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Short zones</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Bundles</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Matching</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Improving plans</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Breaks</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Before there is a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Before it is learned, give or take</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A person is asked</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The platform recovers by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Overrides</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Customers hear of another arrival</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposing another policy</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Rhythm</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Changes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Sizes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A driver is a problem</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>An order or a zone is a problem</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>A problem is over</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a kilometre costs</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a driver's hour costs</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a late minute is worth</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>costs twice that when late by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>goods that wait for the driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>goods that ride along</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>telling two drivers takes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>an order above the mean counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>fresh up to</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>each minute older counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>too old to plan on after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a driver never asked says yes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>that counts as</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>what is known of a driver counts for the hour as</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a likely no counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>leaving a zone that will lack a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a zone is short from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moving covers more than it takes by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a person accepts a move within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moves drivers by itself</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>orders on board at once</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>each companion must save</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a promise is at risk from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>looks ahead; 0 inserts one by one</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>joining a driver under way saves at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a driver earns for an order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a driver earns in an hour at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>the square of a delay counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a minute after the promise counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a minute to the kitchen counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>an order paid beyond the guarantee counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>an order left for later counts</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ready apart in a bundle at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a bundle must save at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tries of the solver at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a better plan is looked for every</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>searched for at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tries at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>saves at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>may move orders between drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moving an order saves at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>planned for at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>tries of a wave at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>released without asking</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>orders in hand at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>after a shift's end at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a break for everybody; 0 for none</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>begins after the start of a shift at the latest</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>and at the earliest before that by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at the counter</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>overdue goods are expected in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no change before an arrival</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>given away before it is ready</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>wait at the counter at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a driver is expected after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>give or take</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a way, of its length</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a stop, of its length</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a kitchen</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a position, of its age</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ways without streets, wider by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>another way or sequence</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>orders to other drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>an order out of its trip</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>waiting orders to drivers around</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>waiting</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>telling customers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody comes later by more than</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>customers told another time at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>chance of keeping the promise below</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not sure below, and …</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>… the next one within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>order value from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>risk of being late with anybody from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>another promise loses more than</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>refused</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>orders in hand from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a round at least every</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>drivers and customers are told after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>shown again above promises broken</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>shown again when times moved by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>shown again when dearer by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moved by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>moved by, if it is soon</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>soon is within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>once that stood for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at once, if moved as much</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>from so many overrides</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>agrees with at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>changes of what was accepted at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>again after a no, on more cases by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a person decides within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>asked without any driver after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a driver answers within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a reassignment saves at least</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>rather waits from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>drivers priced for an order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>orders in a round</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>alternatives shown</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>drivers re-planned around an override</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not heard for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>stands for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no stop within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>stands within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>has moved beyond</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>beside the planned way by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>on it again within</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>… in a row</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a position tells nothing from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>slower than foretold by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no more from</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>goods not ready after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>longer at a door by</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a zone lacks</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>no more below</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>… for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a failed order is shown for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>calm for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>begins again after</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{currency} a km</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{currency} an hour</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{currency} a min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>min a min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>orders</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>rounds</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>customers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>0 or 1</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>offers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>drivers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>m</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>positions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>overrides</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>recommendation</name>
        <message>
            <source>Assign to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reassign to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wait for a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{distance} away</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>at pickup {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>from {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>straight-line times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>for {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>made {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} candidates</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{seconds} s</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Total against {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No. {rank}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Total</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Total against keeping {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Now</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>After</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>waiting</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{rate} of 100 alike kept the promise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Leads by {minutes} min.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Weakest input: {input}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>You decide: {reasons}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What would have to change: {changes}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>If not accepted in {seconds} s:</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not at the pickup by {time}, it is looked at again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>If {driver} says no, whoever is best then is asked; {late}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>If {driver} says no, {next} is asked at once, at the door about {time}; {late}.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Wait</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Keep {driver}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>recovery</name>
        <message>
            <source>{minutes} min</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As of {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As it stands every promise holds · {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>As it stands {broken} of {touched} promises break, {minutes} min late in all · {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{who} asked for a look at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The platform did this by itself at {time}: {what}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Chosen: {what}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>regret</name>
        <message>
            <source>{mean} ({low} to {high})</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>position not known</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>too far back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>too many orders</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>too much happened</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a closed zone was not played on</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>a closed street was not played on</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>not in the log</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers with fewer orders in hand</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers who are at the pickup sooner</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers with whom goods ride along for less long</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers with whom promises are surer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers who share the trip with fewer orders</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers whose position is fresher</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>people chose drivers with fewer orders because of vehicle or bag</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>open</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accepted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>rejected</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>overtaken</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>By the estimates {better} of these {cases} overrides did better, by {money} {currency} on average.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>With the proposed value the recommendation would have agreed with {agrees} of them.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Of {accepted} recommendations that stood it would have decided {disagrees} otherwise.</source>
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
        <name>ruling</name>
        <message>
            <source>pin</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>pin taken away</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ban of a driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ban lifted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>hold</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>hold ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver taken out</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>driver brought back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>closing</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>opening</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>planned break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>accepted proposal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>override</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>sources</name>
        <message>
            <source>Turned away: unreadable</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: device not known</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: another one's vehicle</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: device out of service</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: receiver without position</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: too few satellites</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: no place on earth</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: place 0, 0</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: too old</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: from the future</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: too inaccurate</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: sent before</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: impossible jump</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Turned away: {reason}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing of them is used. Look at the sender's format.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Register the device, or stop who sends.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The device is on another vehicle. Correct its registration or the sender.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>It was taken out of service and still sends. Register it anew if it should.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nothing to do under a roof; look at the antenna if it lasts.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Look at the device if it lasts.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The receiver knew nothing. Look at the device if it lasts.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>More than a day old: not on the map, not in the track.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The device's clock is ahead, or the service's behind. Set it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>They do not say on which street. Nothing to do.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Devices send again what was not acknowledged. Nothing is missing.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No vehicle gets there in time. The vehicle is shown where believed.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Street engine</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrival model</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>MQTT broker</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>The service's clock</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Clocks of devices</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>cannot be read</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>jumped</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>are wrong</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>does not answer</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from MQTT</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from Teltonika trackers</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from gateways</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions in batches</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from phones, OsmAnd</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from phones, Traccar Client</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from Traccar</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from OwnTracks</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions from {door}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Events</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>lost</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>live</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What is shown stands still; commands are off.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 driver is shown where last seen.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} drivers are shown where last seen.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{heard} of {all} heard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody on shift</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Positions of {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>off, said by the device</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>silent</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shown where it was switched off.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shown where last seen.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 order without a fresh forecast.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} orders without a fresh forecast.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Who reports through it is shown where last seen.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>nobody let in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>heard</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 message turned away since the start.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} messages turned away since the start.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 position</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} positions</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>works</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>works again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>1 order is past its ready time; its arrival waits for it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} orders are past their ready time; their arrivals wait for it.</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Kitchen times</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>late, nothing told</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>as announced</source>
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
    <context>
        <name>timeline</name>
        <message>
            <source>Order placed, promise {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ready time is now {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Ready for pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} arrived at pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} left the pickup</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} picked it up</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} arrived at the door</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} left the door</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Delivered by {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Not delivered: {reason}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrival expected {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrival expected at {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken from {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} accepted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} refused</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Held until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Hold ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Stays with {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>May change hands again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} is kept from it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} may have it again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Proposal accepted</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Put off until {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Acceptance taken back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Taken back: {what}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Assigned to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reassigned to {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>By the platform</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shift started</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>until about {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} paused</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Break planned for {driver}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} taken out of planning</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} planned with again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{driver} is back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No signal</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>last heard {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Heard again</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>after {duration}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Assign to {driver} proposed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Reassign to {driver} proposed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Waiting proposed, nobody can take it</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{kept} · {count} candidates</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>from its position</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{place}. Pick up {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{place}. Deliver {order}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{minutes} min against the promise</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{duration}, begins {window}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>as the policy says</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Shift ends</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{left} left</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Planned break</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{count} stops, {distance}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Plan {number}</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>trackers</name>
        <message>
            <source>Tracker switched off</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>last heard {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>SOS</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Accident</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Engine fault</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Towed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tracker tampered with</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tracker jammed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Tracker cut off from power</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Fuel lost</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver tired</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Harsh braking</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Harsh acceleration</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Harsh cornering</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Speeding</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Engine on while standing</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>told by the tracker</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{speed} km/h, limit {limit} km/h</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{acceleration} m/s²</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>in {fence}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>heard of only later</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
    <context>
        <name>waves</name>
        <message>
            <source>Wave</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Rhythm</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>State</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Closed</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>First leaves in</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Orders</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Routes</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Way</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>km</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Driver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Depot</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Leaves</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Back</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Trips</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>On the road</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Windows kept</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Load at most</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{kept} of {doors}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>What</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Order</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Arrives</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Promised</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Zone</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Why it has no place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>by {time}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>new plan waits</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>being planned</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>waits for release</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>on the road</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>ended</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>l</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>kg</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Too large for every vehicle it may go with: {unit}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody drives for its depot</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Refused by, or kept from, everybody who drives</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody has the skills it asks for</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>No way leads there</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody gets there within its window</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody would be back by the end of the shift</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Nobody would make it beside the break that is due</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Every vehicle that could is full or busy then</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Held by a person; planned when the hold ends</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>Its zone is closed; planned when it opens</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders, 1 driver, {way}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{orders} orders, {drivers} drivers, {way}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>, {left} without a place</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>{peak} of {most} {unit}</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>load</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>deliver</source>
            <translation type="unfinished"></translation>
        </message>
        <message>
            <source>break</source>
            <translation type="unfinished"></translation>
        </message>
    </context>
</TS>
