using System.Text;
using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Shows what grains answer.</summary>
internal static class Entries
{
    /// <summary>Shows an entry of one's own inbox, where each belongs to the conversation with its sender.</summary>
    public static EntryBody OfInbox(LogEntry entry) => Of(entry, entry.Sender);

    /// <summary>
    /// Shows a part of a room's log after a number. What its reader may not see is no gap: each entry comes after the one before it.
    /// </summary>
    public static EntryBody[] OfRoom(LogEntry[] entries, string room, long after) =>
        [.. entries.Select((entry, i) => Of(entry, RoomName.ToRecipient(room)) with { After = i == 0 ? after : entries[i - 1].Number })];

    /// <summary>Shows an entry of the conversation with a peer: a user, or a room with its mark.</summary>
    public static EntryBody Of(LogEntry entry, string peer)
    {
        var isChange = entry.Kind > EntryKind.Deleted;
        return new EntryBody(
            entry.Id, Formats.ShowLog(entry.LogId), entry.Number, entry.Number - 1, RoomWords.Show(entry.Kind),
            entry.Kind == EntryKind.Deleted ? entry.Target : null, entry.Kind == EntryKind.Message ? entry.Target : null,
            Formats.ShowConversation(peer), entry.Sender, entry.SenderName,
            isChange ? Encoding.UTF8.GetString(entry.Text) : StoredText.Show(entry.Text), StoredText.Show(entry.AcceptedAt),
            isChange ? entry.User : null, isChange && entry.Sender.Length > 0 ? entry.Sender : null);
    }

    /// <summary>Shows a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="mostUnread">Up to how many unread messages were counted exactly.</param>
    public static ConversationBody Of(Conversation conversation, int mostUnread) => new(
        Formats.ShowConversation(conversation.Peer), Formats.ShowLog(conversation.LogId), conversation.PeerName,
        conversation.Last is { } last ? Of(last, conversation.Peer) : null, new UnreadCount(conversation.Unread, mostUnread),
        conversation.UnreadAt, conversation.Read, conversation.IsMuted);
}
