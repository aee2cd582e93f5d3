using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Silo;

/// <summary>Adds the demonstration users, whose password everybody knows, where they are missing.</summary>
public sealed partial class DemoUsers(AccountStore accounts, ILogger<DemoUsers> logger) : IHostedService
{
    private const string Password = "surabaya";

    private static readonly (string UserName, string DisplayName)[] Users =
        [("messi", "Lionel Messi"), ("henderson", "Jordan Henderson"), ("lineker", "Gary Lineker")];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (userName, displayName) in Users)
        {
            try
            {
                await accounts.AddAsync(userName, displayName, Password, cancellationToken);
                LogAdded(logger, userName);
            }
            catch (AccountException e) when (e.Error == AccountError.AlreadyExists)
            {
                // From an earlier start.
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Added the demonstration user {User}.")]
    private static partial void LogAdded(ILogger logger, string user);
}
