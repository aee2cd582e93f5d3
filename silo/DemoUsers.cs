using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Silo;

/// <summary>Adds missing demonstration users, whose password everybody knows.</summary>
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
                LogAdded(userName);
            }
            catch (AccountException exception) when (exception.Error == AccountError.AlreadyExists)
            {
                // An earlier start added the user.
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1520, LogLevel.Information, "Added the demonstration user {User}.")]
    private partial void LogAdded(string user);
}
