using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Output;

/// <summary>The commands, for choosing what to say about a reply.</summary>
internal enum ChatCommand
{
    LogIn,
    Send,
    Inbox,
    ListUsers,
    LogOut,
}

/// <summary>Shows a reply. Returns after the last byte was accepted by the standard output.</summary>
internal interface IReplyPrinter
{
    /// <summary>Prints; the user name is whom the command spoke of: who logged in, the recipient; else empty.</summary>
    void Print(ChatCommand command, string user, Reply reply);
}
