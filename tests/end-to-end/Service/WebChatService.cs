namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>The whole service, with the HTTP API beside the text protocol.</summary>
public sealed class WebChatService : ChatService
{
    public WebChatService() => HasWeb = true;
}
