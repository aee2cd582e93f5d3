using System.Globalization;

namespace OrleansChat.Verification.Ledgers;

/// <summary>Collects the events that show a violation, in their order.</summary>
internal sealed class History
{
    private readonly List<(Moment When, string What)> _events = [];

    public History Add(Moment when, string what)
    {
        _events.Add((when, what));
        return this;
    }

    public History Add(RequestEntry request, Moment now)
    {
        var session = request.Session is { } used ? $" with {used.Name}" : "";
        Add(request.Begun, $"{request.User.Name} began {request.Kind}{session} on {request.Connection.Name}");
        return Add(now, $"its reply arrived whole: {request.Outcome}");
    }

    public History Add(MessageEntry message)
    {
        var stream = message.Stream;
        var name = Name(message);
        var recipient = stream.Room ?? stream.Recipient;
        Add(message.Begun, $"{stream.Sender.Name} began to send {name} to {recipient.Name} on {stream.Connection.Name}");
        if (message.Acknowledged is { } acknowledged) Add(acknowledged, $"{name} was acknowledged");
        foreach (var delivery in message.Deliveries)
        {
            Add(delivery.Request.Begun, $"{delivery.Request.User.Name} began Inbox on {delivery.Request.Connection.Name}");
            Add(delivery.Read, $"its reply arrived whole, with {name}");
        }
        return message.Received is { } received ? Add(received, $"the receipt of {name} was final") : this;
    }

    public History Add(RowEntry row)
    {
        var what = row.Target is { } target ? $"the deletion of number {target}" : row.Message is { } message ? Name(message) : "a message";
        Add(row.Stored, $"{what} of {row.Sender.Name} was stored under number {row.Number}");
        if (row.Deleted is { } deleted) Add(deleted.When, $"the deletion of number {row.Number} was stored under number {deleted.Number}");
        return row.Gone is { } gone ? Add(gone, $"the purge deleted number {row.Number}") : this;
    }

    public History Add(SessionEntry session)
    {
        if (session.Token is not null)
            Add(session.LoggedIn, $"{session.User.Name} was logged in as {session.Name} on {session.LoginConnection.Name}");
        if (session.LoginConnection.Closed is { } closed) Add(closed, $"{session.LoginConnection.Name} was gone");
        foreach (var place in session.Lingers.Select(l => l.Connection).Where(c => c != session.LoginConnection && c.Closed is not null))
            Add(place.Closed!.Value, $"{place.Name}, where {session.Name} was used, was gone");
        if (session.LogoutTried is { } tried) Add(tried, $"{session.User.Name} began LogOut with {session.Name}");
        return session.Out is { } gone ? Add(gone, $"{session.Name} was logged out for certain") : this;
    }

    public IReadOnlyList<string> ToLines() =>
        [.. _events.Distinct().OrderBy(e => e.When.Order)
            .Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.When.At.TotalSeconds,10:F3} s  {e.What}"))];

    public static string Name(MessageEntry message) => $"message {message.Stream.Id}/{message.Sequence}";
}
