#!/bin/sh
# nightly run, called by cron of the user claims (see crontab.txt)
# If it fails: do NOT simply start it again, the bank file may be out already (CLM-1702).

CLAIMS_HOME=/opt/claims
TOMCAT_LIB=/opt/tomcat8/lib
LOG=/var/log/claims/nightly.log

cd $CLAIMS_HOME || exit 1
CP=$CLAIMS_HOME/WEB-INF/classes
for j in $CLAIMS_HOME/WEB-INF/lib/*.jar $TOMCAT_LIB/*.jar; do
  CP=$CP:$j
done

echo "=== nightly `date`" >> $LOG
java -Xmx512m -cp $CP com.harborline.claims.batch.NightlyRun "$@" >> $LOG 2>&1
RC=$?
if [ $RC -ne 0 ]; then
  tail -50 $LOG | mail -s "claims nightly failed rc=$RC" it-duty@harborline.example
fi
exit $RC
